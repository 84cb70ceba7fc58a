// What must hold of the run: a line at each limit in its panel, and a table of how each stands.

import { plain, shorten } from "./format.js";
import { records } from "./source.js";
import { fillTable } from "./tables.js";
import { AXES } from "./traces.js";

const MOST_LINES = 8;
// How many times as high as all that was measured a limit is still drawn without being asked for.
const NEAR = 4;
const STANDINGS = { broken: "BROKEN", "can't tell": "can't tell", "not yet": "not yet", passed: "passed" };
/** What a store says where there is nothing to say. */
const NOTHING = "-";
const unsaid = (value) => (value === NOTHING ? "–" : value);
const COLUMNS = [
  { key: "number", title: "#", text: true },
  { key: "threshold", title: "What must hold", text: true, heading: true, whole: true, format: (value) => shorten(value, 300) },
  { key: "outcome", title: "Stands", text: true, format: (value) => STANDINGS[value] ?? value, bad: (value) => value === "broken" },
  { key: "severity", title: "If not", text: true, format: (value) => (value === "warn" ? "warns" : "fails the run") },
  { key: "shown", title: "Measured", text: true, format: unsaid },
  { key: "endpoint", title: "Where", text: true, format: (value) => shorten(unsaid(value), 200) },
  { key: "why", title: "Why", text: true, long: true, whole: true, format: unsaid },
];

/** Show how each threshold stands; most runs have none, and need no table for that. */
export function showThresholds(results, panel, table) {
  const rows = records(results.thresholds);
  panel.hidden = !rows.length;
  // A column that says nothing takes room from those that do.
  const columns = COLUMNS.filter(({ key }) => !["endpoint", "why"].includes(key) || rows.some((row) => row[key] !== NOTHING));
  fillTable(table, { columns, rows, order: "number", empty: "" });
}

/** The panel in which `row` can be drawn: what is about single endpoints is in none of this page. */
function panelOf(row) {
  if (row.scope !== "all" || row.bound === null) return null;
  if (row.unit === "ms" && /^(p[\d.]+|avg|max|min)$/.test(row.metric)) return "latency";
  return row.metric === "requests_per_second" ? "load" : null;
}

/** The highest value that is drawn in each panel. */
function highest(results) {
  const most = (query, ...keys) => records(results[query]).reduce((top, row) => Math.max(top, ...keys.map((key) => row[key] ?? 0)), 0);
  return { latency: most("percentiles", "p50", "p95", "p99"), load: most("requests_per_second", "value") };
}

/** How many thresholds stand how, in words; nothing of a run without any. */
export function thresholdsFact(results) {
  const rows = records(results.thresholds);
  const counted = Object.keys(STANDINGS).map((outcome) => [rows.filter((row) => row.outcome === outcome).length, outcome]);
  const text = counted.filter(([n]) => n).map(([n, outcome]) => `${n} ${outcome}`).join(" · ");
  return text ? { text, bad: rows.some((row) => row.outcome === "broken" && row.severity === "fail") } : null;
}

/** A line from end to end at each limit that the chart has an axis for. */
export function thresholdTraces(results, range, palette) {
  const drawn = records(results.thresholds).map((row) => [row, panelOf(row)]).filter(([, panel]) => panel);
  const top = highest(results);
  return drawn.slice(0, MOST_LINES).map(([row, panel]) => ({
    // One far above everything would press all other lines to the ground.
    visible: row.bound <= NEAR * top[panel] ? true : "legendonly",
    x: range, y: [row.bound, row.bound], mode: "lines",
    name: plain(shorten(`${row.threshold}: ${STANDINGS[row.outcome] ?? row.outcome}`, 60)),
    meta: { query: "thresholds", number: row.number, outcome: row.outcome },
    legend: panel === "load" ? "legend" : "legend2", legendrank: 1500, yaxis: AXES[panel].own, hoverinfo: "skip",
    line: { color: row.outcome === "broken" ? palette.failures : palette.limit, width: 1.5, dash: "10px,4px" },
  }));
}
