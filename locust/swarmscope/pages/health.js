// What makes a run's numbers doubtful, in plain words.

import { clock, count, number } from "./format.js";
import { LIMITS } from "./limits.js";

function worst(rows, key) {
  return rows.reduce((most, row) => (row[key] !== null && (most === null || row[key] > most[key]) ? row : most), null);
}

function saturation(worker, rows) {
  const parts = [];
  const cpu = worst(rows, "cpu_percent");
  const lag = worst(rows, "loop_lag_ms");
  if (cpu?.cpu_percent > LIMITS.cpuPercent) {
    parts.push(`CPU ${number(cpu.cpu_percent)} % of a core at ${clock(cpu.time)} (limit ${LIMITS.cpuPercent} %)`);
  }
  if (lag?.loop_lag_ms > LIMITS.lagMs) {
    parts.push(`loop lag ${number(lag.loop_lag_ms)} ms at ${clock(lag.time)} (limit ${LIMITS.lagMs} ms)`);
  }
  const over = rows.filter((row) => row.cpu_percent > LIMITS.cpuPercent || row.loop_lag_ms > LIMITS.lagMs).length;
  if (!over) return null;
  return { share: over / rows.length, text: `${worker}: ${parts.join(", ")}, in ${over} of ${rows.length} windows` };
}

function generatorBanner(health) {
  // The master sends no requests: its load says nothing about response times.
  const workers = Map.groupBy(health.filter((row) => row.worker !== "master"), (row) => row.worker);
  const found = [...workers].map(([worker, rows]) => saturation(worker, rows)).filter(Boolean);
  if (!found.length) return null;
  const details = found.map((one) => one.text);
  return found.some((one) => one.share >= LIMITS.saturatedShare)
    ? { id: "saturated", level: "bad", details,
        title: "A load generator was saturated: response times of this run are partly the generator's own.",
        remedy: "Add workers, or machines for them, and run again." }
    : { id: "saturated", level: "warn", details,
        title: "A load generator stalled for moments: response times then are partly the generator's own.",
        remedy: "Steps of the load do that in Locust itself; elsewhere add workers, or machines for them." };
}

/** How far a worker's points stand from the master's clock, ms; older recordings know the clock's own offset alone. */
function clockError(row) {
  return row.clock_error_ms ?? row.clock_offset_ms;
}

function clockBanner(health) {
  const last = [...new Map(health.filter((row) => clockError(row) !== null).map((row) => [row.worker, row])).values()];
  const wrong = last.filter((row) => Math.abs(clockError(row)) > LIMITS.clockMs);
  const corrected = last.filter((row) => row.clock_corrected_ms && !wrong.includes(row));
  const remedy = "Synchronise the machines' clocks (chrony, ntpd).";
  if (wrong.length) {
    return { id: "clock", level: "warn", title: "A worker's clock is off: its points stand at the wrong time.", remedy,
      details: wrong.map((row) => `${row.worker} on ${row.host}: ${number(clockError(row))} ms from the master's clock`) };
  }
  if (!corrected.length) return null;
  return { id: "clock", level: "info", title: "A worker's clock is off: its points were moved to the master's clock.", remedy,
    details: corrected.map((row) => `${row.worker} on ${row.host}: ${number(row.clock_corrected_ms)} ms taken off`) };
}

/** A worker's account as it stands now: what is stored was delivered, whoever sent it since its last word. */
export function caughtUp(row) {
  const delivered = Math.max(row.delivered, Math.min(row.stored, row.seen));
  return { ...row, delivered, pending: Math.max(0, row.seen - delivered - row.rejected - row.lost) };
}

/** Some requests are always on their way while a run goes on: only more than a few seconds' worth is news. */
function stuck(row, run) {
  if (!row.pending) return false;
  if (row.final || run.stop !== null) return true;
  const seconds = Math.max(1, (row.last - run.start) / 1000);
  return row.pending > (LIMITS.pendingSeconds * row.seen) / seconds;
}

function deliveryBanner(delivery, run) {
  const gone = delivery.filter((row) => row.lost > 0 || row.rejected > 0);
  const waiting = delivery.filter((row) => !gone.includes(row) && stuck(row, run));
  if (!gone.length && !waiting.length) return null;
  const details = [...gone, ...waiting].map((row) =>
    `${row.worker}: ${count(row.lost)} lost, ${count(row.rejected)} rejected, ${count(row.pending)} pending of ${count(row.seen)} requests`);
  return gone.length
    ? { id: "delivery", level: "bad", title: "Requests are missing from this run's numbers.", details,
        remedy: "Rejected: see the worker's log for the store's answer. Lost: give the spool more room (SWARMSCOPE_SPOOL_MAX_BYTES)." }
    : { id: "delivery", level: "warn", title: "Requests have not arrived yet.", details,
        remedy: "They wait in the workers' spools and come when the store takes them; a spool left over is sent by the worker's next start." };
}

function finalBanner(delivery, run) {
  const open = delivery.filter((row) => !row.final && row.worker !== "master");
  if (run.stop === null || Date.now() - run.stop < LIMITS.finalSeconds * 1000 || !open.length) return null;
  return {
    id: "final", level: "warn", title: "The run is over, but not every worker has said that it sent everything.",
    details: open.map((row) => row.last === null ? `${row.worker}: it never said how it is` : `${row.worker} on ${row.host}: last heard of at ${clock(row.last)}`),
    remedy: "If a worker was killed, its last second is missing; what is in its spool comes with its next start.",
  };
}

/** Warnings for a run: {id, level, title, details, remedy}. */
export function warnings(run, health, told) {
  const delivery = told.map(caughtUp);
  return [generatorBanner(health), deliveryBanner(delivery, run), clockBanner(health), finalBanner(delivery, run)]
    .filter(Boolean);
}
