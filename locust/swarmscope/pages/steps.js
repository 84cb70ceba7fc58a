// The table of load steps: where it broke, at a glance.

import { clock, count, duration, number, partOf, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { records } from "./source.js";
import { fillTable } from "./tables.js";

/** Whether users were missing; of a step that was too short nobody knows. */
function fewerRan(wanted, row) {
  return wanted !== null && row.running !== null && row.running < LIMITS.allRunning * wanted;
}

function usersOf(wanted, row) {
  const ran = row.running === null ? "?" : count(row.running);
  if (wanted === null) return row.kind === "ramp" ? `ramp, ≈ ${ran}` : `≈ ${ran}`;
  return fewerRan(wanted, row) ? `${count(wanted)} (${ran} ran)` : count(wanted);
}

const HINTS = {
  "no requests": "Nothing was tested: no request was answered, so no response time can be the generator's own.",
  "late at spawn": "A worker's loop was late while users were started or stopped, or workers came or went: some of the slowest requests then are the generator's own.",
  stalled: "In some moments response times are partly the generator's own.",
  saturated: "Response times of all of this step are partly the generator's own.",
};

const STEPS = [
  { key: "start", title: "From", text: true, heading: true, format: clock },
  { key: "stage", title: "Stage", text: true, format: (value) => shorten(value || "–", 60) },
  { key: "wanted", title: "Users", format: usersOf, bad: fewerRan },
  { key: "seconds", title: "For", format: (value) => duration(value * 1000) },
  { key: "requests", title: "Requests", format: count },
  { key: "requests_per_second", title: "Requests/s", format: number },
  { key: "p50", title: "p50, ms", format: number },
  { key: "p95", title: "p95, ms", format: number },
  { key: "p99", title: "p99, ms", format: number },
  { key: "failures", title: "Failed", format: (value, row) => partOf(value, row.requests), bad: (value) => value > 0 },
  { key: "hosts", title: "Highest CPU", text: true, format: (value) => shorten(value || "–", 120), bad: (_, row) => row.cpu > LIMITS.cpuPercent },
  { key: "generators", title: "Generators", text: true, hint: (value) => HINTS[value], bad: (value) => value === "saturated" },
];

/** What each load step came to, in the order of time; by its stage, where a load shape names one. */
export function showSteps(results, target) {
  const rows = records(results.load_steps);
  const columns = STEPS.filter(({ key }) => key !== "stage" || rows.some((row) => row.stage));
  fillTable(target, { columns, rows, order: "start", empty: "No step in this range." });
}
