/**
 * Many things, one stop of the tab key: arrow keys go from one to the next.
 * @param {Element} place that hears the keys
 * @param {HTMLElement[]} items
 * @param {(item: Element) => void} arrived
 * @param {string[]} keys for next and back
 */
export const rove = (place, items, arrived, keys = ["ArrowRight", "ArrowLeft"]) => {
  let current = 0;
  items.forEach((item, i) => {
    item.setAttribute("tabindex", i === 0 ? "0" : "-1");
    item.addEventListener("focus", () => {
      items[current].setAttribute("tabindex", "-1");
      current = i;
      item.setAttribute("tabindex", "0");
      arrived(item);
    });
  });
  const steps = { [keys[0]]: () => current + 1, [keys[1]]: () => current - 1, Home: () => 0, End: () => items.length - 1 };
  place.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || !items.includes(event.target)) return;
    event.preventDefault();
    items[Math.min(Math.max(steps[event.key](), 0), items.length - 1)].focus();
  });
};
