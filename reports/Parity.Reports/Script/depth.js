import uPlot from "uplot";

const Height = 280;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Nothing while nothing is pointed at. */
const figureAt = (at, value, text) => (at == null ? "" : value == null ? "no value" : text(value));

/** Isolated and accumulated SQNR and the clipped share along the network; dragging over it looks at a stretch, of which the table shows the layers. */
const draw = (figure) => {
  const data = JSON.parse(figure.dataset.depth);
  const place = figure.querySelector("[data-depth-plot]");
  const from = figure.querySelector("[data-depth-from]"), to = figure.querySelector("[data-depth-to]");
  const count = data.names.length;
  const numbers = data.names.map((_, i) => i + 1);
  const rows = new Map([...(figure.closest("section").querySelector("table[id$=layers-table]")?.tBodies[0].rows ?? [])].map((row) => [Number(row.cells[0].dataset.value), row]));
  let first = 1, last = count, plot;

  const look = (a, b) => {
    first = Math.min(Math.max(1, Math.round(Math.min(a, b))), count);
    last = Math.min(Math.max(first, Math.round(Math.max(a, b))), count);
    from.value = first;
    to.value = last;
    plot.setScale("x", { min: first - 0.5, max: last + 0.5 });
    for (const [number, row] of rows) row.classList.toggle("out", number < first || number > last);
  };

  const make = () => {
    plot?.destroy();
    const ink = colour("--quiet"), line = colour("--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui, sans-serif" };
    plot = new uPlot({
      width: Math.max(280, place.clientWidth), height: Height,
      scales: { x: { time: false, min: first - 0.5, max: last + 0.5 }, clipped: { range: (_, low, high) => [0, Math.max(1e-6, high ?? 0) * 1.1] } },
      cursor: { drag: { x: true, y: false, setScale: false } },
      series: [
        { label: "Layer", value: (_, v) => (v == null ? "" : `${v} ${data.names[v - 1]}`) },
        { label: "accumulated", scale: "y", stroke: colour("--plot"), width: 1.5, spanGaps: true, points: { show: true, size: 4 }, value: (_, v, __, at) => figureAt(at, v, (db) => `${db.toFixed(1)} dB`) },
        { label: "isolated", scale: "y", stroke: colour("--inconclusive"), width: 1.5, dash: [6, 3], spanGaps: true, points: { show: true, size: 5, fill: colour("--surface") }, value: (_, v, __, at) => figureAt(at, v, (db) => `${db.toFixed(1)} dB`) },
        { label: "clipped", scale: "clipped", stroke: colour("--fail"), fill: `${colour("--fail")}55`, width: 1, paths: uPlot.paths.bars({ size: [0.6, 12] }), points: { show: false }, value: (_, v, __, at) => figureAt(at, v, (share) => `${(100 * share).toPrecision(2)} %`) },
      ],
      axes: [
        { ...axis, label: "layer", labelFont: "12px system-ui, sans-serif", size: 34, labelSize: 18 },
        { ...axis, scale: "y", label: "SQNR, dB", labelFont: "12px system-ui, sans-serif", labelSize: 18 },
        { ...axis, scale: "clipped", side: 1, grid: { show: false }, values: (_, ticks) => ticks.map((t) => `${Number((100 * t).toPrecision(2))} %`), label: "clipped", labelFont: "12px system-ui, sans-serif", labelSize: 18, size: 60 },
      ],
      hooks: {
        setSelect: [(u) => {
          if (u.select.width < 4) return;
          const a = u.posToVal(u.select.left, "x"), b = u.posToVal(u.select.left + u.select.width, "x");
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          look(Math.ceil(a), Math.floor(b));
        }],
      },
    }, [numbers, data.accumulated, data.isolated, data.clipped], place);
    // uPlot's own double click knows nothing of the fields and the table.
    plot.over.addEventListener("dblclick", () => look(1, count));
  };

  from.addEventListener("change", () => look(Number(from.value), Number(to.value)));
  to.addEventListener("change", () => look(Number(from.value), Number(to.value)));
  figure.querySelector("[data-depth-all]").addEventListener("click", () => look(1, count));
  make();
  new ResizeObserver(() => {
    if (plot.width !== Math.max(280, place.clientWidth)) plot.setSize({ width: Math.max(280, place.clientWidth), height: Height });
  }).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", make);
};

export const drawDepths = () => {
  for (const figure of document.querySelectorAll("[data-depth]")) {
    if (figure.offsetParent) {
      draw(figure);
      continue;
    }
    // In one file with many pages most charts are on a page that does not show, where they have no width: each is drawn when it is first seen.
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      seen.disconnect();
      draw(figure);
    });
    seen.observe(figure);
  }
};
