// What makes a run's numbers doubtful. Whether its data is complete and its generators kept up is
// judged by swarmscope's audit: here is only how that is shown.

import { number } from "./format.js";
import { LIMITS } from "./limits.js";

const LEVELS = ["bad", "warn", "info"];
const GENERATORS = {
  saturated: {
    level: "bad",
    title: "A load generator was saturated: response times of this run are partly the generator's own.",
    remedy: "Where its CPU was full, add workers; where its machine was, see what else runs there. Then run again.",
  },
  stalled: {
    level: "warn",
    title: "A load generator stalled for moments: response times then are partly the generator's own.",
    remedy: "Steps of the load do that in Locust itself; elsewhere add workers, or machines for them.",
  },
};

function generatorBanner(generators) {
  const shown = GENERATORS[generators.verdict];
  return shown ? { id: "saturated", details: generators.strained, ...shown } : null;
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

const DATA = {
  incomplete: {
    level: "bad",
    remedy: "Rejected: see the worker's log for the store's answer. Lost: give the spool more room (SWARMSCOPE_SPOOL_MAX_BYTES). " +
      "A killed worker's last second is gone; what is in its spool comes with its next start.",
  },
  pending: {
    level: "warn",
    remedy: "What has not arrived waits in the workers' spools and comes when the store takes it; a spool left over is sent by the worker's next start.",
  },
  "no data to judge": {
    level: "bad",
    remedy: "See the exceptions below and Locust's log for what the tasks did instead of a request. " +
      "Where there is nothing, the target let all of them wait until the test ended: a wrong address, a firewall.",
  },
};

function dataBanner(audit) {
  const shown = DATA[audit.verdict];
  const news = audit.findings.filter((finding) => finding.news);
  if (!shown || (audit.verdict === "pending" && !news.length)) return null;
  return { id: "data", title: `This run's data: ${audit.said}.`, details: news.map((finding) => finding.message), ...shown };
}

/** Warnings for a run, the worst first: {id, level, title, details, remedy}. */
export function warnings(health, audit) {
  const found = [audit && dataBanner(audit), audit && generatorBanner(audit.generators), clockBanner(health)];
  return found.filter(Boolean).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}
