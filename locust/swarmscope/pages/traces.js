// Query results as Plotly traces. Three stacked panels share the x axis; each of the upper two
// has three more y axes on the right, for metrics in percent, in bytes per second, and of other numbers.

import { plain, shorten } from "./format.js";
import { records } from "./source.js";

export const AXES = {
  load: { own: "y", "%": "y2", "B/s": "y3", n: "y8" },
  latency: { own: "y4", "%": "y5", "B/s": "y6", n: "y9" },
  users: { own: "y7" },
};
const DASHES = ["solid", "dot", "dash", "dashdot"];
const IN_WORDS = { "%": "%{y:.1f} %", "B/s": "%{y:.3~s}B/s", n: "%{y:,.4~r}" };
const PERCENTILES = ["p50", "p95", "p99", "max"];

/** x and y of a line that breaks where a window has no row: nothing is drawn that was not stored. */
export function line(rows, key, windowSeconds) {
  const x = [];
  const y = [];
  let previous = null;
  for (const row of rows) {
    if (previous !== null && row.time - previous > windowSeconds * 1500) {
      x.push(previous + windowSeconds * 1000);
      y.push(null);
    }
    x.push(row.time);
    y.push(row[key]);
    previous = row.time;
  }
  return { x, y };
}

/** Lone points between two breaks make no line: show them as dots. */
function withDots(trace) {
  const { y } = trace;
  const lone = y.map((value, i) => value !== null && (y[i - 1] ?? null) === null && (y[i + 1] ?? null) === null);
  if (!lone.includes(true)) return { ...trace, mode: "lines" };
  return { ...trace, mode: "lines+markers", marker: { color: trace.line.color, size: lone.map((is) => (is ? 5 : 0)) } };
}

function loadTraces(results, palette) {
  const wanted = [
    ["requests_per_second", "requests/s", palette.requests, 2, "solid"],
    ["failures_per_second", "failures/s", palette.failures, 2, "dot"],
  ];
  return wanted.map(([query, name, color, width, dash]) =>
    withDots({
      ...line(records(results[query]), "value", results[query]?.window),
      name, meta: { query, column: "value" }, legend: "legend", yaxis: AXES.load.own,
      line: { color, width, dash }, hovertemplate: "%{y:,.4~r}",
    }));
}

/** Iterations that were due, and of these dropped: those that never were have no line. */
function arrivalTraces(results, palette) {
  const apart = Map.groupBy(records(results.arrivals), (row) => row.outcome);
  const wanted = [["due", "arrivals due/s", palette.due, "dash"], ["dropped", "dropped/s", palette.dropped, "dashdot"]];
  return wanted.filter(([outcome]) => apart.get(outcome)?.some((row) => row.value)).map(([outcome, name, color, dash]) =>
    withDots({
      ...line(apart.get(outcome), "value", results.arrivals.window),
      name, meta: { query: "arrivals", column: "value", outcome }, legend: "legend", yaxis: AXES.load.own,
      line: { color, width: 1.5, dash }, hovertemplate: "%{y:,.4~r}",
    }));
}

function latencyTraces(results, palette) {
  const rows = records(results.percentiles);
  return PERCENTILES.map((key) =>
    withDots({
      ...line(rows, key, results.percentiles?.window),
      name: key, meta: { query: "percentiles", column: key }, legend: "legend2", yaxis: AXES.latency.own,
      visible: key === "max" ? "legendonly" : true,
      line: { color: palette[key], width: key === "max" ? 1 : 2, dash: key === "max" ? "dot" : "solid" },
      hovertemplate: "%{y:,.4~r} ms",
    }));
}

function userTraces(results, palette) {
  const classes = Map.groupBy(records(results.users), (row) => row.user_class);
  return [...classes.keys()].sort().map((name, i) => ({
    ...line(classes.get(name), "value", results.users.window),
    name: plain(shorten(name ?? "users", 40)), meta: { query: "users", column: "value", userClass: name },
    mode: "lines", legend: "legend3", yaxis: AXES.users.own, stackgroup: "users",
    line: { color: palette.users[i % palette.users.length], width: 1, shape: "hv" },
    hovertemplate: "%{y}",
  }));
}

function overlayTraces(overlays, over, palette) {
  const panels = ["load", "latency"].filter((panel) => over[panel]);
  return overlays.flatMap((overlay, i) =>
    panels.map((panel) => {
      const color = palette.overlays[i % palette.overlays.length];
      return withDots({
        ...line(overlay.rows, "value", overlay.window),
        name: plain(shorten(overlay.label, 50)), meta: { query: overlay.query, id: overlay.id, panel },
        legend: panel === "load" ? "legend" : "legend2", legendgroup: overlay.id, legendrank: 2000,
        yaxis: AXES[panel][overlay.unit],
        line: { color, width: 1.25, dash: DASHES[Math.floor(i / palette.overlays.length + 1) % DASHES.length] },
        hovertemplate: IN_WORDS[overlay.unit],
        // One line of the hover box is enough for a metric that is drawn in both panels.
        ...(panel === "latency" && over.load ? { hoverinfo: "skip", hovertemplate: null } : {}),
      });
    }));
}

/** `limits` are lines of their own, behind all others. */
export function allTraces(results, overlays, over, palette, limits = []) {
  return [
    ...limits,
    ...overlayTraces(overlays, over, palette),
    ...loadTraces(results, palette),
    ...arrivalTraces(results, palette),
    ...latencyTraces(results, palette),
    ...userTraces(results, palette),
  ].map((trace) => ({ type: "scatter", connectgaps: false, showlegend: true, ...trace }));
}
