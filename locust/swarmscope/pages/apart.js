// What is seen only where there is something of it: failures beside successes, and phases of requests.

import { count, number, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { byId } from "./sections.js";
import { records } from "./source.js";
import { fillTable } from "./tables.js";

const WHOSE = [
  { key: "name", title: "Name", text: true, heading: true, format: (value) => shorten(value === "Aggregated" ? "All endpoints" : value || "(empty)", 300) },
  { key: "method", title: "Method", text: true, format: (value) => shorten(value || "–", 40) },
];
/** Of so few that failed, or succeeded, a percentile is a single request. */
const few = (n, percentile) => n < LIMITS.requestsFor[percentile] && `of ${count(n)}: ${percentile} says something from ${LIMITS.requestsFor[percentile]} on`;
const tailOf = (key, title, of) => ({ key, title, format: number, doubt: (row) => few(row[of], key.slice(-3)) || "" });

const OUTCOMES = [
  ...WHOSE,
  { key: "succeeded", title: "Succeeded", format: count },
  ...["p50", "p95", "p99"].map((key) => tailOf(key, `${key}, ms`, "succeeded")),
  { key: "failed", title: "Failed", format: count, bad: (value) => value > 0 },
  ...["p50", "p95", "p99"].map((key) => tailOf(`failed_${key}`, `${key} of failed, ms`, "failed")),
];

const PHASES = [
  ...WHOSE,
  { key: "requests", title: "Requests", format: count },
  { key: "connections", title: "Connections opened", format: count },
  { key: "connect", title: "Connecting, ms", format: number },
  { key: "tls", title: "TLS, ms", format: number },
  { key: "waiting", title: "Waiting, ms", format: number },
  { key: "receiving", title: "Receiving, ms", format: number },
];

/** Show response times of what succeeded beside those of what failed, if anything did. */
export function showOutcomes(results) {
  const rows = records(results.outcomes);
  byId("outcomes-panel").hidden = !rows.some((row) => row.failed);
  fillTable(byId("outcomes"), { columns: OUTCOMES, rows, order: "failed", empty: "No request in this range." });
}

/** Show where the time of requests went, where workers recorded it. */
export function showPhases(results) {
  const rows = records(results.phases);
  byId("phases-panel").hidden = !rows.length;
  fillTable(byId("phases"), { columns: PHASES, rows, order: "requests", empty: "No request in this range." });
}
