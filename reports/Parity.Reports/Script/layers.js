import { rove } from "./roving.js";

/** The drawn layers tell their figures when pointed at or reached by keys. */
export const followLayers = () => {
  for (const chart of document.querySelectorAll("[data-chart]")) {
    const layers = [...chart.querySelectorAll("a.layer")];
    const readout = chart.parentElement.querySelector("[data-chart-readout]");
    const say = (layer) => { readout.textContent = layer.querySelector("title").textContent; };
    for (const layer of layers) layer.addEventListener("mouseenter", () => say(layer));
    rove(chart, layers, say);
  }
};
