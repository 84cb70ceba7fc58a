// The page: which run, which range, what to ask for, and when.

import { showIntended, showOutcomes, showPhases, showTransactions } from "./apart.js";
import { Chart } from "./chart.js";
import { clock, dateTime } from "./format.js";
import { auditFact, warnings } from "./health.js";
import { LIMITS } from "./limits.js";
import { available, HOST_QUERIES, Picker } from "./overlays.js";
import { Poller } from "./poller.js";
import { offerT, showRanges } from "./ranges.js";
import { openSource, queryAll, records, Unreachable } from "./source.js";
import {
  byId, showBanners, showEndpoints, showExceptions, showFacts, showRuns, showScope, showStatus, showStatuses, showUserErrors, showWorkers,
} from "./sections.js";
import { showSteps } from "./steps.js";
import { initTheme } from "./theme.js";
import { showThresholds, thresholdsFact } from "./thresholds.js";

const SERIES = ["requests_per_second", "failures_per_second", "users", "percentiles"];
const TABLES = [
  "load_steps", "endpoint_totals", "endpoint_percentiles", "transactions", "intended", "response_ranges", "outcomes", "phases",
  "endpoint_statuses", "exceptions", "user_errors", "workers", "arrivals",
];
const WHOLE_RUN = ["run_events", "events", "thresholds"];
const TABLES_EVERY = 3;
const OPTIONS_EVERY = 10;
const LIVE_MS = 1000;
const CALM_MS = 5000;
const SILENT_MS = 30000;
const SHORTEST_MS = 2000;

const source = openSource();
const embedded = source.live ? null : source.embedded;
/** What the numbers of a report are about, where not the whole run: {from, to, line, figures}. */
const part = embedded?.part ?? null;
const state = {
  runs: [], run: embedded?.run ?? new URLSearchParams(location.search).get("run"),
  view: null, end: 0, results: {}, poll: 0, problem: null, audit: null,
  t: embedded?.apdex_t ?? LIMITS.apdexT,
};
const picker = new Picker(byId("picker"), () => { redraw(); poller.kick(); });
const chart = new Chart(byId("chart"), zoom);
const poller = new Poller(poll, trouble);

function currentRun() {
  return state.runs.find((run) => run.run === state.run);
}

/** The end of the run's newest second, in ms: what the store takes a whole run's range to be. */
function latest() {
  return Math.max(currentRun().start, state.end);
}

function range() {
  const run = currentRun();
  return state.view ?? [run.start, Math.max(run.stop ?? 0, latest(), run.start + 10000)];
}

function params(name) {
  if (WHOLE_RUN.includes(name)) return { run: state.run };
  const asked = name === "response_ranges" ? { run: state.run, apdex_t: state.t } : { run: state.run };
  return state.view ? { ...asked, from: Math.floor(state.view[0]), to: Math.ceil(state.view[1]) } : asked;
}

function wanted() {
  const names = new Set([...SERIES, ...picker.queries]);
  // A curve, but of runs that have one: most users wait for answers.
  if (state.results.arrivals?.rows.length) names.add("arrivals");
  const first = !state.results.users;
  if (first || state.poll % TABLES_EVERY === 0) [...TABLES, ...WHOLE_RUN].forEach((name) => names.add(name));
  if (first || state.poll % OPTIONS_EVERY === 0) HOST_QUERIES.forEach((name) => names.add(name));
  return [...names].map((name) => [name, params(name)]);
}

async function loadRuns() {
  const result = await source.query("runs", {});
  state.runs = records(result).sort((a, b) => b.start - a.start);
  if (state.run === null && state.runs.length) choose(state.runs[0].run, "replaceState");
  showRuns(state.runs, state.run, source.now);
}

async function poll() {
  if (state.poll % TABLES_EVERY === 0 || !isLive()) await loadRuns();
  state.problem = null;
  if (!currentRun()) return showNothing();
  const asked = { run: state.run, view: state.view, t: state.t };
  const ended = state.audit?.running && currentRun().stop !== null;
  const due = !state.audit || ended || state.poll % TABLES_EVERY === 0;
  const results = await queryAll(source, wanted());
  const audit = due ? await source.audit(state.run) : state.audit;
  // The user may have gone on while the store was answering.
  if (Object.keys(asked).some((key) => asked[key] !== state[key])) return 0;
  state.results = { ...state.results, ...results };
  state.audit = audit;
  const whole = state.view ? WHOLE_RUN : [...SERIES, ...WHOLE_RUN];
  state.end = Math.max(state.end, ...whole.map((name) => results[name]?.to ?? 0));
  state.poll += 1;
  await redraw();
  return isLive() ? LIVE_MS : CALM_MS;
}

function isLive() {
  return source.live && currentRun()?.stop === null && !state.view && !isSilent();
}

/** Whether the run should go on and doesn't: its master may have been killed. */
function isSilent() {
  return source.live && currentRun().stop === null && source.now - latest() > SILENT_MS;
}

function showNothing() {
  showBanners(state.run === null ? [] : [{
    id: "unknown", level: "bad", title: `The store holds no run ${state.run}.`,
    details: [], remedy: "Choose one of the runs above, or start a new one.",
  }]);
  showStatus("Waiting for a run", "calm");
  document.body.dataset.state = state.runs.length ? "unknown" : "empty";
  return LIVE_MS;
}

async function redraw() {
  const run = currentRun();
  if (!run || !state.results.users) return;
  document.body.dataset.state = "ready";
  const { results } = state;
  const overlays = picker.update(available(results));
  showEverythingElse(run, results);
  await chart.draw({ results, overlays, part, over: picker.over, logarithmic: byId("log").checked, range: range(), revision: state.run });
}

/** What was left out says nothing of the numbers: no warning is about it. */
function inPart(result) {
  const end = (row) => row[0] + result.window * 1000;
  return part ? { ...result, rows: result.rows.filter((row) => row[0] < part.to && end(row) > part.from) } : result;
}

function showEverythingElse(run, all) {
  const results = { ...all, workers: inPart(all.workers) };
  const doubts = warnings(records(results.workers), state.audit, records(results.user_errors));
  showBanners([...(state.problem ? [state.problem] : []), ...newer(run), ...doubts]);
  showFacts(run, results, latest(), auditFact(state.audit, doubts), part, run.stop === null && !isSilent(), thresholdsFact(results));
  if (source.live) document.title = [run.test ?? run.run, run.label, "swarmscope"].filter(Boolean).join(" · ");
  showThresholds(results, byId("thresholds-panel"), byId("thresholds"));
  showSteps(results, byId("steps"));
  showEndpoints(results);
  showTransactions(results);
  showIntended(results);
  showRanges(results, state.t);
  showOutcomes(results);
  showPhases(results);
  showStatuses(results);
  showExceptions(results);
  showUserErrors(results);
  showWorkers(results, state.audit);
  const { window } = results.requests_per_second;
  const shaded = part ? " · shaded: left out of all numbers" : "";
  byId("chart-note").textContent = `windows of ${window} s · drag to zoom, double click to go back${shaded}`;
  showScope(scope());
  byId("follow").hidden = !state.view && (!source.live || run.stop !== null);
  byId("follow").setAttribute("aria-pressed", String(!state.view));
  byId("follow").textContent = followText(run);
  if (!state.problem) showStatus(...statusOf(run));
}

function scope() {
  const shown = part ? [part.from, part.to] : source.live && state.view;
  return shown ? `${clock(shown[0])} – ${clock(shown[1])}` : "whole run";
}

function followText(run) {
  if (run.stop !== null || !source.live) return "Whole run";
  return state.view ? "Follow" : "Following";
}

function statusOf(run) {
  if (embedded) return [`Report of ${dateTime(embedded.generated)}`, "calm"];
  if (state.view) return ["Zoomed: paused", "calm"];
  if (run.stop !== null) return ["Run is over", "calm"];
  if (isSilent()) return [`No points since ${clock(latest())}: the run ended without saying so, or its workers can't reach the store`, "bad"];
  return ["Live", "live"];
}

function newer(run) {
  const newest = state.runs[0];
  if (!source.live || newest.run === run.run || newest.stop !== null || newest.start <= run.start) return [];
  return [{ id: "newer", level: "info", title: `A newer run is going on: ${newest.run}.`, remedy: "",
    action: { label: "Show it", run: () => pick(newest.run) } }];
}

function trouble(error, pause) {
  const retry = `trying again ${pause > 1500 ? `in ${Math.round(pause / 1000)} s` : "now"}`;
  state.problem = error instanceof Unreachable
    ? { id: "away", level: "bad", title: `The store at ${location.origin} can't be reached (${error.message}); ${retry}.`,
        details: [], remedy: "What is drawn is what was last received. Workers keep their points in their spools meanwhile." }
    : { id: "error", level: "bad", title: error.message, details: [], remedy: `This page is ${retry}.` };
  showStatus(error instanceof Unreachable ? "Disconnected" : "Error", "bad");
  if (document.body.dataset.state === "loading") showBanners([state.problem]);
  else if (currentRun()) redraw();
  else showBanners([state.problem]);
  if (!(error instanceof Unreachable)) console.error(error);
}

function choose(run, how) {
  Object.assign(state, { run, view: null, end: 0, results: {}, poll: 0, audit: null });
  if (source.live && how) history[how](null, "", `?${new URLSearchParams({ run })}`);
}

function pick(run, how = "pushState") {
  choose(run, how);
  document.body.dataset.state = "loading";
  showRuns(state.runs, run, source.now);
  showStatus("Loading …", "calm");
  poller.kick();
}

function zoom(view) {
  const whole = [currentRun().start, latest()];
  const inside = view && [Math.max(view[0], whole[0]), Math.min(view[1], whole[1])];
  state.view = inside && inside[1] - inside[0] >= SHORTEST_MS ? inside : null;
  state.poll = 0;
  redraw();
  if (source.live) poller.kick();
}

/** Take another response time that satisfies: the tables are asked for at once. */
function satisfiedBy(t) {
  Object.assign(state, { t, poll: 0 });
  poller.kick();
}

function start() {
  initTheme(byId("theme"), redraw);
  byId("run-choice").hidden = !source.live;
  byId("empty-command").textContent = `INFLUXDB_V2_URL=${location.origin} locust -f locustfile.py`;
  byId("run").addEventListener("change", (event) => pick(event.target.value));
  offerT(embedded?.apdex_t, state.t, satisfiedBy);
  byId("follow").addEventListener("click", () => zoom(null));
  byId("log").addEventListener("change", redraw);
  window.addEventListener("popstate", () => pick(new URLSearchParams(location.search).get("run"), null));
  if (source.live) poller.start();
  else poll().catch((error) => trouble(error, 0));
}

start();
