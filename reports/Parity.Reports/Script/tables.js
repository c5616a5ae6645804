const keyOf = (row, column, numeric) => {
  const cell = row.cells[column];
  if (!numeric) return cell.textContent.trim();
  const text = cell.dataset.value ?? cell.textContent;
  return text === "" ? NaN : Number(text);
};

const compare = (a, b, numeric, sign) => {
  if (!numeric) return sign * (a < b ? -1 : a > b ? 1 : 0);
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (a - b);
};

/** Headers of sortable tables become buttons. */
export const sortTables = () => {
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      if (!header.dataset.sort) return;
      const numeric = header.dataset.sort === "number";
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      // First the order one looks for (largest number, first name), then the other, then the network's.
      const steps = numeric ? ["descending", "ascending", null] : ["ascending", "descending", null];
      button.addEventListener("click", () => {
        const step = steps[(steps.indexOf(header.getAttribute("aria-sort")) + 1) % steps.length];
        for (const other of headers) other.removeAttribute("aria-sort");
        let rows = original;
        if (step) {
          header.setAttribute("aria-sort", step);
          const sign = step === "ascending" ? 1 : -1;
          rows = original.map((row) => [keyOf(row, column, numeric), row]).sort((a, b) => compare(a[0], b[0], numeric, sign)).map((pair) => pair[1]);
        }
        body.append(...rows);
      });
    });
  }
};
