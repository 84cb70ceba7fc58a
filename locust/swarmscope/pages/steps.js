// The table of load steps: where it broke, at a glance.

import { clock, count, duration, number, percent, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { records } from "./source.js";
import { fillTable } from "./tables.js";

function usersOf(wanted, row) {
  const ran = row.running === null ? "?" : count(row.running);
  if (wanted === null) return row.kind === "ramp" ? `ramp, ≈ ${ran}` : `≈ ${ran}`;
  const fewer = row.running !== null && row.running < LIMITS.allRunning * wanted;
  return fewer ? `${count(wanted)} (${ran} ran)` : count(wanted);
}

const STEPS = [
  { key: "start", title: "From", text: true, heading: true, format: clock },
  { key: "wanted", title: "Users", format: usersOf, bad: (wanted, row) => wanted !== null && row.running < LIMITS.allRunning * wanted },
  { key: "seconds", title: "For", format: (value) => duration(value * 1000) },
  { key: "requests", title: "Requests", format: count },
  { key: "requests_per_second", title: "Requests/s", format: number },
  { key: "p50", title: "p50, ms", format: number },
  { key: "p95", title: "p95, ms", format: number },
  { key: "p99", title: "p99, ms", format: number },
  { key: "failures", title: "Failed", format: (value, row) => (value ? `${count(value)} (${percent(value, row.requests)})` : "0"), bad: (value) => value > 0 },
  { key: "hosts", title: "Highest CPU", text: true, format: (value) => shorten(value || "–", 120), bad: (_, row) => row.cpu > LIMITS.cpuPercent },
  { key: "generators", title: "Generators", text: true, bad: (value) => value === "saturated" },
];

/** What each load step came to, in the order of time. */
export function showSteps(results, target) {
  fillTable(target, { columns: STEPS, rows: records(results.load_steps), order: "start", empty: "No step in this range." });
}
