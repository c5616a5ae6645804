"use strict";
// Works on what the page already holds: sorts and filters rows, moves along a chart, hides boxes below a score. Without it the page shows everything.
(() => {
  for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;

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

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const body = table.tBodies[0];
    const original = [...body.rows];
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
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

  for (const input of document.querySelectorAll("input[data-filters]")) {
    const rows = [...document.getElementById(input.dataset.filters).tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const count = document.querySelector(`[data-filter-count="${input.dataset.filters}"]`);
    const apply = () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !texts[i].includes(wanted);
        if (!row.hidden) shown++;
      });
      count.textContent = `${shown} of ${rows.length}`;
    };
    input.addEventListener("input", apply);
    apply();
  }

  for (const chart of document.querySelectorAll("[data-chart]")) {
    const layers = [...chart.querySelectorAll("a.layer")];
    const readout = chart.parentElement.querySelector("[data-chart-readout]");
    let current = 0;
    const say = (layer) => { readout.textContent = layer.querySelector("title").textContent; };
    const steps = { ArrowRight: () => current + 1, ArrowLeft: () => current - 1, Home: () => 0, End: () => layers.length - 1 };
    layers.forEach((layer, i) => {
      layer.addEventListener("mouseenter", () => say(layer));
      layer.addEventListener("focus", () => {
        layers[current].tabIndex = -1;
        current = i;
        layer.tabIndex = 0;
        say(layer);
      });
    });
    chart.addEventListener("keydown", (event) => {
      if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      layers[Math.min(Math.max(steps[event.key](), 0), layers.length - 1)].focus();
    });
  }

  // A link may lead into what is folded or filtered away.
  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) return;
    for (let e = place; e; e = e.parentElement) {
      if (e.tagName === "DETAILS") e.open = true;
    }
    if (place.hidden) {
      const table = place.closest("table");
      const input = document.querySelector(`input[data-filters="${table.id}"]`);
      input.value = "";
      input.dispatchEvent(new Event("input"));
    }
    place.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  const slider = document.getElementById("least-score");
  if (slider) {
    const shapes = [...document.querySelectorAll(".viewer [data-score]")];
    const apply = () => {
      const least = Number(slider.value);
      for (const shape of shapes) shape.classList.toggle("below", Number(shape.dataset.score) < least);
      document.getElementById("least-score-value").textContent = least.toFixed(2);
    };
    slider.addEventListener("input", apply);
    apply();
  }
})();
