// What makes a run's numbers doubtful. Whether its data is complete and its generators kept up is
// judged by swarmscope's audit: here is only how that is shown.

import { count, lastLine, number, shorten } from "./format.js";
import { LIMITS } from "./limits.js";

const LEVELS = ["bad", "warn", "info"];
const GENERATORS = {
  saturated: {
    level: "bad",
    title: "A load generator was saturated",
    doubtful: "response times of this run are partly the generator's own",
    remedy: "Where its CPU was full, add workers; where its machine was, see what else runs there. Then run again.",
  },
  stalled: {
    level: "warn",
    title: "A load generator stalled for moments",
    doubtful: "response times then are partly the generator's own",
    remedy: "Steps of the load do that in Locust itself; elsewhere add workers, or machines for them.",
  },
};

function generatorBanner(generators) {
  const shown = GENERATORS[generators.verdict];
  if (!shown) return null;
  const { doubtful, ...said } = shown;
  // Of a run without a request there is none; older reports don't say.
  const title = generators.timed === false ? `${said.title}.` : `${said.title}: ${doubtful}.`;
  return { id: "saturated", details: generators.strained, ...said, title };
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

const NAMED = 3;
const REMEDIES = [
  [(worker) => worker.rejected, "Rejected: see the worker's log for the store's answer."],
  [(worker) => worker.lost, "Lost: give the spool more room (SWARMSCOPE_SPOOL_MAX_BYTES)."],
  [(worker) => !worker.final, "A killed worker's last second is gone; what is in its spool comes with its next start."],
];

/** What to do about what is missing: of three remedies for three faults, two lead astray. */
function remedyOf(workers) {
  return REMEDIES.filter(([applies]) => workers.some(applies)).map(([, said]) => said).join(" ");
}

/** What tasks did instead of a request; the table of it lies below all others. */
function instead(userErrors) {
  return [...userErrors].sort((a, b) => b.count - a.count).slice(0, NAMED)
    .map((row) => `${count(row.count)} times in ${row.place}: ${shorten(lastLine(row.message), 300)}`);
}

const DATA = {
  incomplete: { level: "bad" },
  pending: {
    level: "warn",
    remedy: "What has not arrived waits in the workers' spools and comes when the store takes it; a spool left over is sent by the worker's next start.",
  },
  "no data to judge": {
    level: "bad",
    remedy: "Its tasks sent no request, or none was answered before the test ended (a wrong address, a firewall); Locust's log may say more.",
  },
};
const LET_OUT = "Its tasks let out exceptions where requests were to be: mend the locustfile, or what it was given.";

function dataBanner(audit, userErrors) {
  const shown = DATA[audit.verdict];
  const news = audit.findings.filter((finding) => finding.news);
  if (!shown || (audit.verdict === "pending" && !news.length)) return null;
  const details = news.map((finding) => finding.message);
  const banner = { id: "data", title: `This run's data: ${audit.said}.`, details, ...shown };
  if (audit.verdict === "incomplete") return { ...banner, remedy: remedyOf(audit.workers) };
  if (!isExplained(audit, userErrors)) return banner;
  return { ...banner, details: [...details, ...instead(userErrors)], remedy: LET_OUT };
}

/** What became of the iterations that were due, where users say when they should begin. */
function arrivalsFact({ due, dropped, line: text }) {
  return due ? { text, bad: dropped > 0 } : null;
}

function arrivalsBanner({ dropped, said }) {
  if (!dropped) return null;
  return { id: "arrivals", level: "warn", title: "The load was less than what was asked for.", details: said,
    remedy: "Give it more users (--users) if they were too few for one answer's time; if answers became too slow for them, that is what was measured." };
}

/** What the facts say of `audit`: its reasons where no banner among `told` gives them. */
export function auditFact(audit, told) {
  if (!audit) return null;
  const reasoned = told.some((banner) => banner.id === "data");
  const fine = audit.verdict === "complete" || audit.running;
  return { text: reasoned ? audit.said : audit.line, fine, requests: audit.running ? audit.stored : null, arrivals: arrivalsFact(audit.arrivals) };
}

/** Whether it is known why there is no request: then no response time is a generator's own. */
function isExplained(audit, userErrors) {
  return audit.verdict === "no data to judge" && userErrors.length > 0;
}

/** Warnings for a run, the worst first: {id, level, title, details, remedy}. */
export function warnings(health, audit, userErrors) {
  const doubtful = audit && !isExplained(audit, userErrors);
  const found = [
    audit && dataBanner(audit, userErrors), doubtful && generatorBanner(audit.generators), audit && arrivalsBanner(audit.arrivals),
    clockBanner(health),
  ];
  return found.filter(Boolean).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}
