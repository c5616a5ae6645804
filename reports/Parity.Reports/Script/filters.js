const itemsOf = (place) => (place.tBodies ? [...place.tBodies[0].rows] : [...place.children]);

/** A search box shows the rows, or cards, that contain its text. */
export const filterRows = () => {
  for (const input of document.querySelectorAll("input[data-filters]")) {
    const rows = itemsOf(document.getElementById(input.dataset.filters));
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
};

/** Cards in the order of the page, or the least figure first; those without one come last. */
export const orderCards = () => {
  for (const select of document.querySelectorAll("select[data-orders]")) {
    const home = document.getElementById(select.dataset.orders);
    const cards = [...home.children];
    const figure = (card) => (card.dataset.order ? Number(card.dataset.order) : Infinity);
    select.addEventListener("change", () => {
      home.append(...(select.value === "worst" ? cards.toSorted((a, b) => figure(a) - figure(b)) : cards));
    });
  }
};

/** Pictures by the class and the reason of what was lost or is extra: one item must have both. */
export const filterCards = () => {
  for (const section of document.querySelectorAll("section.images")) {
    const label = section.querySelector("[data-filter-class]"), reason = section.querySelector("[data-filter-reason]"), count = section.querySelector("[data-filter-images]");
    if (!label) continue;
    const cards = [...section.querySelectorAll("[data-changes]")].map((card) => [card, JSON.parse(card.dataset.changes)]);
    const apply = () => {
      let shown = 0;
      for (const [card, changes] of cards) {
        card.hidden = (label.value !== "" || reason.value !== "") && !changes.some(([l, r]) => (label.value === "" || l === label.value) && (reason.value === "" || r === reason.value));
        if (!card.hidden) shown++;
      }
      count.textContent = `${shown} of ${cards.length} images`;
    };
    label.addEventListener("change", apply);
    reason.addEventListener("change", apply);
    apply();
  }
};
