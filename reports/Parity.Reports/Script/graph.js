import { rove } from "./roving.js";

const Least = 0.08, Most = 3, Step = 1.3;

/** Choice of measure, zoom, search and dragging. Panning is the browser's own scrolling, which costs the page nothing. */
const show = (view) => {
  const scroll = view.querySelector("[data-graph-scroll]"), svg = scroll.querySelector("svg");
  const width = svg.viewBox.baseVal.width, height = svg.viewBox.baseVal.height;
  const boxes = [...svg.querySelectorAll("a.op")];
  let zoom = 1;

  // The point under the pointer, or in the middle, stays where it is.
  const zoomTo = (wanted, x = scroll.clientWidth / 2, y = scroll.clientHeight / 2) => {
    const next = Math.min(Math.max(wanted, Least), Most), factor = next / zoom;
    const left = (scroll.scrollLeft + x) * factor - x, top = (scroll.scrollTop + y) * factor - y;
    zoom = next;
    svg.setAttribute("width", width * zoom);
    svg.setAttribute("height", height * zoom);
    scroll.scrollTo(left, top);
  };
  const actions = { in: () => zoomTo(zoom * Step), out: () => zoomTo(zoom / Step), fit: () => zoomTo(scroll.clientWidth / width), one: () => zoomTo(1) };
  for (const button of view.querySelectorAll("[data-graph-zoom]")) button.addEventListener("click", actions[button.dataset.graphZoom]);
  scroll.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = scroll.getBoundingClientRect();
    zoomTo(zoom * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  let drag = null;
  scroll.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType === "mouse") drag = { x: event.clientX, y: event.clientY, left: scroll.scrollLeft, top: scroll.scrollTop, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    drag.moved ||= Math.abs(dx) + Math.abs(dy) > 4;
    if (drag.moved) scroll.scrollTo(drag.left - dx, drag.top - dy);
  });
  addEventListener("pointerup", () => setTimeout(() => { drag = null; }));
  // A drag that ends over a box is no click on it.
  scroll.addEventListener("click", (event) => { if (drag?.moved) event.preventDefault(); }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());

  view.querySelector("[data-graph-measure]").addEventListener("change", (event) => { view.dataset.measure = event.target.value; });

  const centre = (box) => box.scrollIntoView({ block: "center", inline: "center" });
  const search = view.querySelector("[data-graph-search]"), found = view.querySelector("[data-graph-found]");
  const texts = boxes.map((box) => box.querySelector("title").textContent.toLowerCase());
  let hits = [], at = -1;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    hits = wanted === "" ? [] : boxes.filter((_, i) => texts[i].includes(wanted));
    at = -1;
    boxes.forEach((box) => box.classList.toggle("hit", hits.includes(box)));
    found.textContent = wanted === "" ? "" : `${hits.length} found${hits.length ? "; Enter goes to the next" : ""}`;
    if (hits.length) centre(hits[0]);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || hits.length === 0) return;
    at = (at + 1) % hits.length;
    centre(hits[at]);
    for (const box of boxes) box.classList.toggle("at", box === hits[at]);
  });

  // The drawing begins where its first operator stands, which on a narrow window is beyond the edge.
  if (boxes.length) scroll.scrollLeft = boxes[0].transform.baseVal[0].matrix.e + boxes[0].getBBox().width / 2 - scroll.clientWidth / 2;

  rove(svg, boxes, centre, ["ArrowDown", "ArrowUp"]);
};

export const showGraphs = () => {
  for (const view of document.querySelectorAll("[data-graph]")) show(view);
};
