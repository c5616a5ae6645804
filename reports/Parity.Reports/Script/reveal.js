/** A link may lead into what is folded or filtered away. */
export const revealTargets = () => {
  const reveal = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) return;
    for (let e = place; e; e = e.parentElement) {
      if (e.tagName === "DETAILS") e.open = true;
    }
    if (place.hidden) {
      const home = place.closest("table") ?? place.parentElement;
      const input = document.querySelector(`input[data-filters="${home.id}"]`);
      if (input) {
        input.value = "";
        input.dispatchEvent(new Event("input"));
      }
      for (const select of place.closest("section")?.querySelectorAll("[data-filter-class], [data-filter-reason]") ?? []) {
        select.value = "";
        select.dispatchEvent(new Event("change"));
      }
      place.hidden = false;
    }
    // What lies between is laid out only when it comes near, which may push the place away again.
    let tries = 10;
    const scroll = () => {
      place.scrollIntoView({ block: place.closest("svg") ? "center" : "start", inline: "nearest" });
      if (--tries > 0) requestAnimationFrame(scroll);
    };
    scroll();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
};
