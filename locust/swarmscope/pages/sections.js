// The parts of the page around the chart: run choice, facts, banners, tables.

import { bytes, clock, count, countOf, dateTime, duration, lastLine, number, partOf, percent, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { records, together } from "./source.js";
import { fillTable } from "./tables.js";

export const byId = (id) => document.getElementById(id);

export function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Offer `runs`, newest first; the select is left alone while it is the same. */
export function showRuns(runs, chosen, now) {
  const select = byId("run");
  const labels = runs.map((run) => {
    const silent = now - Math.max(run.last ?? 0, run.start) > LIMITS.interruptedSeconds * 1000;
    const state = run.stop !== null ? countOf(run.requests, "request") : silent ? "interrupted" : "running";
    return [run.run, `${shorten(run.test ?? "–", 40)}${run.label ? ` · ${shorten(run.label, 40)}` : ""} · ${dateTime(run.start)} · ${state} · ${shorten(run.run, 40)}`];
  });
  const shown = JSON.stringify(labels);
  if (select.dataset.shown !== shown) {
    select.dataset.shown = shown;
    select.replaceChildren(...labels.map(([run, label]) => new Option(label, run)));
  }
  select.disabled = !runs.length;
  if (chosen !== null) select.value = chosen;
}

function fact(title, value, className) {
  const group = element("div", "", className);
  group.append(element("dt", title), element("dd", value));
  return group;
}

/** Requests a second over the whole run, and how busy the busiest machine was; nothing of what isn't known. */
function atOnce(results) {
  const rates = records(results.endpoint_totals).map((row) => row.requests_per_second);
  const busiest = records(results.host_cpu).reduce((most, row) => (row.value > (most?.value ?? -1) ? row : most), null);
  return [
    ...(rates.length ? [fact("Requests/s", number(rates.reduce((sum, rate) => sum + rate, 0)))] : []),
    ...(busiest ? [fact("CPU at most", `${percent(busiest.value, 100)} on ${shorten(busiest.host, 40)}`)] : []),
  ];
}

/**
 * `audit` is what is said of it, and `part` what the numbers are about, where that is no whole run.
 * One that `goesOn` has lasted `until` now; of one that nobody ended that is the last that was heard of it.
 */
export function showFacts(whole, results, until, audit, part, goesOn, thresholds) {
  const run = { ...whole, ...part?.figures };
  const lasted = (run.stop ?? (goesOn ? until : run.last ?? until)) - run.start;
  const all = records(results.endpoint_percentiles).find(together) ?? {};
  const failed = `${count(run.failures)} (${percent(run.failures, run.requests)})`;
  const facts = [
    fact("Test", run.test ?? "–"),
    fact("Run", run.run),
    ...(run.label ? [fact("Label", run.label)] : []),
    fact("Target", run.target || "–"),
    fact("Start", dateTime(run.start)),
    fact("Duration", duration(lasted) + (goesOn ? " so far" : "")),
    ...(part ? [fact("Only this part", `${duration(part.to - part.from)}: ${clock(part.from)} – ${clock(part.to)}`, "part")] : []),
    fact("Users", count(run.users)),
    fact("Workers", count(run.workers)),
    // Counted once: the audit asks a moment later than the list of runs, and beside it another number is none.
    fact("Requests", count((part ? null : audit?.requests) ?? run.requests)),
    ...atOnce(results),
    fact("Failures", failed, run.failures ? "bad" : ""),
    fact("p50 · p95 · p99", `${[all.p50, all.p95, all.p99].map(number).join(" · ")} ms`),
    ...(thresholds ? [fact("Thresholds", thresholds.text, thresholds.bad ? "bad" : "")] : []),
    ...(audit?.arrivals ? [fact("Arrivals", audit.arrivals.text, audit.arrivals.bad ? "bad" : "")] : []),
  ];
  if (run.description) facts.push(fact("Description", run.description, "wide"));
  if (audit) facts.push(fact(part ? "Audit of the whole run" : "Audit", audit.text, audit.fine ? "wide" : "wide bad"));
  byId("facts").replaceChildren(...facts);
}

/** Show `banners`; those that stay are updated in place. */
export function showBanners(banners) {
  const shown = JSON.stringify(banners);
  const root = byId("banners");
  if (root.dataset.shown === shown) return;
  root.dataset.shown = shown;
  const old = new Map([...root.children].map((box) => [box.dataset.title, box]));
  root.replaceChildren(...banners.map((banner) => old.get(banner.title) ?? bannerBox(banner)));
  banners.forEach((banner, i) => {
    const items = (banner.details ?? []).map((text) => element("li", text));
    root.children[i].querySelector("ul").replaceChildren(...items);
    const remedy = root.children[i].querySelector("p");
    if (remedy.textContent !== banner.remedy) remedy.textContent = banner.remedy;
  });
}

function bannerBox(banner) {
  const box = element("div", "", `banner ${banner.level}`);
  const details = document.createElement("ul");
  // Figures change each second: a screen reader hears the title once, not all of them each time.
  details.setAttribute("aria-live", "off");
  box.dataset.id = banner.id;
  box.dataset.title = banner.title;
  box.append(element("strong", banner.title), details, element("p", ""));
  if (banner.action) {
    const button = element("button", banner.action.label);
    button.type = "button";
    button.addEventListener("click", banner.action.run);
    box.append(button);
  }
  return box;
}

export function showStatus(text, level) {
  const status = byId("status");
  if (status.textContent !== text) status.textContent = text;
  status.dataset.level = level;
}

const ms = (value) => number(value);
const NAME = { key: "name", title: "Name", text: true, heading: true, format: (value) => shorten(value || "(empty)", 300) };
const METHOD = { key: "method", title: "Method", text: true, format: (value) => shorten(value || "–", 40) };

/** What is to be said of a percentile of so few requests, if anything. */
function ofTooFew(row, key) {
  const least = LIMITS.requestsFor[key];
  return row.requests < least ? `${countOf(row.requests, "request")}: ${key} says something from ${least} on` : "";
}

const ENDPOINTS = [
  NAME, METHOD,
  { key: "requests", title: "Requests", format: count },
  { key: "failures", title: "Failures", format: (value, row) => partOf(value, row.requests), bad: (value) => value > 0 },
  { key: "requests_per_second", title: "Requests/s", format: number },
  { key: "avg_response_time", title: "Average, ms", format: ms },
  ...["p50", "p95", "p99"].map((key) => ({ key, title: `${key}, ms`, format: ms, doubt: (row) => ofTooFew(row, key) })),
  { key: "min_response_time", title: "Min, ms", format: ms },
  { key: "max_response_time", title: "Max, ms", format: ms },
  { key: "avg_content_length", title: "Size", format: bytes },
];

/** A moment lies between the two answers, in which a request can arrive that is in the later one alone. */
function withTail(row, tail = {}) {
  const both = (key) => [row[key], tail[key]].filter((value) => value !== null && value !== undefined);
  const [shortest, longest] = [both("min_response_time"), both("max_response_time")];
  return {
    ...tail, ...row,
    min_response_time: shortest.length ? Math.min(...shortest) : null,
    max_response_time: longest.length ? Math.max(...longest) : null,
  };
}

export function showEndpoints(results) {
  const key = (row) => JSON.stringify([row.name, row.method ?? ""]);
  const tails = new Map(records(results.endpoint_percentiles).map((row) => [key(row), row]));
  const rows = records(results.endpoint_totals).map((row) => withTail(row, tails.get(key(row))));
  fillTable(byId("endpoints"), { columns: ENDPOINTS, rows, order: "requests", empty: "No request in this range." });
}

const STATUSES = [
  NAME, METHOD,
  { key: "status", title: "Status", text: true, bad: (value) => /^[45]/.test(value) },
  { key: "requests", title: "Requests", format: count },
  { key: "share", title: "Of the endpoint", format: (_, row) => percent(row.requests, row.all) },
];

export function showStatuses(results) {
  const answers = records(results.endpoint_statuses);
  const endpoint = (row) => JSON.stringify([row.name, row.method]);
  const all = new Map();
  for (const row of answers) all.set(endpoint(row), (all.get(endpoint(row)) ?? 0) + row.requests);
  const rows = answers.map((row) => ({ ...row, all: all.get(endpoint(row)), share: row.requests / all.get(endpoint(row)) }));
  fillTable(byId("statuses"), { columns: STATUSES, rows, order: "requests", empty: "No request in this range." });
}

const EXCEPTIONS = [
  NAME, METHOD,
  { key: "exception", title: "Exception", text: true, format: (value) => shorten(value ?? "–", 100) },
  { key: "status", title: "Status", text: true, format: (value) => value || "–" },
  { key: "failures", title: "Failures", format: count },
  { key: "reason", title: "Reason", text: true, format: (value) => shorten(value ?? "–", 200) },
  { key: "message", title: "Last message", text: true, long: true, format: (value) => shorten(value ?? "–", 300) },
];

export function showExceptions(results) {
  fillTable(byId("exceptions"), {
    columns: EXCEPTIONS, rows: records(results.exceptions), order: "failures", empty: "No failure in this range.",
  });
}

const USER_ERRORS = [
  { key: "place", title: "Place", text: true, heading: true, format: (value) => shorten(value || "–", 200) },
  { key: "user_class", title: "User class", text: true, format: (value) => shorten(value || "–", 100) },
  { key: "exception", title: "Exception", text: true, format: (value) => shorten(value || "–", 100) },
  { key: "count", title: "Times", format: count, bad: (value) => value > 0 },
  { key: "message", title: "One of them", text: true, long: true, whole: true, format: (value) => shorten(lastLine(value) || "–", 300) },
];

/** What the locustfile itself got wrong; most runs have none of it, and need no table for that. */
export function showUserErrors(results) {
  const rows = records(results.user_errors);
  byId("user-errors-panel").hidden = !rows.length;
  fillTable(byId("user-errors"), { columns: USER_ERRORS, rows, order: "count", empty: "" });
}

const over = (limit) => (value) => Math.abs(value) > limit;
/** A peak that the audit lets pass, of a moment in which users were started, is no warning beside "kept up". */
const strained = (limit) => (value, row) => row.judged !== "kept up" && value > limit;
const WORKERS = [
  { key: "worker", title: "Worker", text: true, heading: true },
  { key: "host", title: "Host", text: true },
  { key: "cpu", title: "CPU peak, %", format: number, bad: strained(LIMITS.cpuPercent) },
  { key: "lag", title: "Loop lag peak, ms", format: number, bad: strained(LIMITS.lagMs) },
  { key: "clock", title: "Clock error, ms", format: number, bad: over(LIMITS.clockMs) },
  { key: "corrected", title: "Corrected by, ms", format: number },
  { key: "rss", title: "Memory", format: bytes },
  { key: "seen", title: "Seen", format: count },
  { key: "delivered", title: "Delivered", format: count },
  { key: "rejected", title: "Rejected", format: count, bad: (value) => value > 0 },
  { key: "lost", title: "Lost", format: count, bad: (value) => value > 0 },
  { key: "pending", title: "Pending", format: count },
  { key: "final", title: "Finished", text: true, format: (value) => (value ? "yes" : "no") },
  { key: "last", title: "Last heard", text: true, format: (value) => (value ? clock(value) : "–") },
];

function peak(rows, key) {
  return rows.reduce((most, row) => (row[key] === null ? most : Math.max(most ?? row[key], row[key])), null);
}

export function showWorkers(results, audit) {
  const health = Map.groupBy(records(results.workers), (row) => row.worker);
  const delivery = new Map((audit?.workers ?? []).map((row) => [row.worker, row]));
  const rows = [...new Set([...health.keys(), ...delivery.keys()])].map((worker) => {
    const own = health.get(worker) ?? [];
    const last = own.at(-1);
    return {
      worker, judged: audit?.generators.verdict, cpu: peak(own, "cpu_percent"), lag: peak(own, "loop_lag_ms"),
      clock: last?.clock_error_ms ?? last?.clock_offset_ms, corrected: last?.clock_corrected_ms, rss: last?.rss_bytes, ...delivery.get(worker), host: last?.host ?? delivery.get(worker)?.host,
    };
  });
  fillTable(byId("workers"), { columns: WORKERS, rows, order: "worker", empty: "No worker has reported yet." });
}

export function showScope(text) {
  for (const note of document.querySelectorAll(".scope")) note.textContent = text;
}
