// What is seen only where there is something of it: failures beside successes, phases of requests,
// transactions, and response times from when requests should have begun.

import { count, number, partOf, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { byId } from "./sections.js";
import { records, together } from "./source.js";
import { fillTable } from "./tables.js";

/** What a table says of all endpoints comes before those of which it says the same. */
const allFirst = (result) => records(result).sort((a, b) => together(b) - together(a));

const WHOSE = [
  { key: "name", title: "Name", text: true, heading: true, format: (value, row) => shorten(together(row) ? "All endpoints" : value || "(empty)", 300) },
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

const TRANSACTIONS = [
  { key: "name", title: "Transaction", text: true, heading: true, format: (value) => shorten(value || "(empty)", 300) },
  { key: "transactions", title: "Ended", format: count },
  { key: "failures", title: "Failed", format: (value, row) => partOf(value, row.transactions), bad: (value) => value > 0 },
  { key: "abandoned", title: "Abandoned", format: count },
  { key: "mean", title: "Mean, ms", format: number },
  ...["p50", "p95", "p99"].map((key) => tailOf(key, `${key}, ms`, "transactions")),
  { key: "max", title: "Max, ms", format: number },
  { key: "pause", title: "Pauses, ms", format: number },
];

const INTENDED = [
  ...WHOSE,
  { key: "requests", title: "Requests", format: count },
  ...["p50", "p95", "p99"].map((key) => tailOf(key, `${key}, ms`, "requests")),
  ...["p50", "p95", "p99"].map((key) => tailOf(`service_${key}`, `${key} of answer, ms`, "requests")),
];

/** Show response times of what succeeded beside those of what failed, if anything did. */
export function showOutcomes(results) {
  const rows = allFirst(results.outcomes);
  byId("outcomes-panel").hidden = !rows.some((row) => row.failed);
  fillTable(byId("outcomes"), { columns: OUTCOMES, rows, order: "failed", empty: "No request in this range." });
}

/** Show where the time of requests went, where workers recorded it. */
export function showPhases(results) {
  const rows = records(results.phases);
  byId("phases-panel").hidden = !rows.length;
  fillTable(byId("phases"), { columns: PHASES, rows, order: "requests", empty: "No request in this range." });
}

/** Show what the transactions of each name came to, where a scenario has any. */
export function showTransactions(results) {
  const rows = records(results.transactions);
  byId("transactions-panel").hidden = !rows.length;
  fillTable(byId("transactions"), { columns: TRANSACTIONS, rows, order: "transactions", empty: "No transaction in this range." });
}

/** Show response times from the intended start beside those of the answers, where users say when they should begin. */
export function showIntended(results) {
  const rows = allFirst(results.intended);
  byId("intended-panel").hidden = !rows.length;
  fillTable(byId("intended"), { columns: INTENDED, rows, order: "requests", empty: "No request in this range." });
}
