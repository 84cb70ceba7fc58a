// What happened to the run, as vertical lines with labels that don't cover one another.

import { clock, countOf, plain, shorten } from "./format.js";

const SIGN_PX = 6.2;
// Room for the " +3" of labels that join this one, and a gap.
const MORE_PX = 32;
// Labels may reach a little into the right margin.
const MARGIN_PX = 60;
const ROWS = 2;
const WORDS = {
  start: () => "start",
  stop: () => "stop",
  reset: () => "reset",
  abort: () => "ended by a threshold",
  cut_short: () => "ended early",
  step: stage,
  worker_join: (event) => `+ ${event.subject ?? "worker"}`,
  worker_leave: (event) => `− ${event.subject ?? "worker"}`,
  mark: (event) => event.message,
};

/** What people and pipelines marked, a deploy or a note, as events of the run. */
export function marks(events) {
  return events.map(({ time, kind, text }) => ({ time, event: "mark", message: `${kind}: ${text}` }));
}

/** A stage of a load shape by its name, which its message has before the users: these are drawn below. */
function stage({ message, user_count: users }) {
  const named = message?.match(/^(.+): [\d,]+ users?$/)?.[1];
  return named ?? (users === null ? "step" : countOf(users, "user"));
}

function label(event) {
  const words = WORDS[event.event];
  return shorten(words ? words(event) : event.event, 24);
}

function lineAt(event, palette) {
  return {
    type: "line", xref: "x", yref: "paper", x0: event.time, x1: event.time, y0: 0, y1: 0.94,
    layer: "between", line: { color: colour(event, palette) ?? palette.marker, width: 1, dash: { step: "dot", mark: "dash" }[event.event] ?? "solid" },
  };
}

/** Where a label of `text` stands whose line is at `at`: to its right, unless the chart ends there. */
function extent(at, text, widthPx) {
  const length = text.length * SIGN_PX + MORE_PX;
  return at + length > widthPx + MARGIN_PX ? [at - length, at, "right"] : [at, at + length, "left"];
}

/** Give each label a row where it has room, the more telling first; what has none joins its neighbour. */
function place(events, range, widthPx) {
  const perMs = widthPx / Math.max(1, range[1] - range[0]);
  const placed = [];
  const byRank = [...events].sort((a, b) => rank(a) - rank(b) || a.time - b.time);
  for (const event of byRank) {
    const text = label(event);
    const [left, right, anchor] = extent((event.time - range[0]) * perMs, text, widthPx);
    const taken = placed.filter((other) => other.left < right && other.right > left);
    const row = [...Array(ROWS).keys()].find((free) => !taken.some((other) => other.row === free));
    if (row === undefined) taken[0].more.push(event);
    else placed.push({ event, text, left, right, anchor, row, more: [] });
  }
  return placed;
}

/** A worker that left is why the curves change, and so may be what was marked; the load's steps are in the users below, too. */
function rank(event) {
  const ranks = { worker_leave: 0, abort: 0, mark: 1, worker_join: 3, rebalance: 3 };
  return ranks[event.event] ?? 2;
}

function colour(event, palette) {
  return ["worker_leave", "abort"].includes(event.event) ? palette.failures : null;
}

function story(event) {
  if (event.event === "mark") return `${clock(event.time)} ${event.message}`;
  return `${clock(event.time)} ${event.event}${event.message ? `: ${event.message}` : ""}`;
}

function annotation({ event, text, anchor, row, more }, palette) {
  const all = [event, ...more].map((one) => plain(shorten(story(one), 160)));
  return {
    x: event.time, y: 0.94, xref: "x", yref: "paper", xanchor: anchor, yanchor: "bottom",
    yshift: 18 + 14 * row, showarrow: false, text: plain(more.length ? `${text} +${more.length}` : text),
    font: { size: 11, color: colour(event, palette) ?? palette.muted }, hovertext: all.join("<br>"), captureevents: true,
  };
}

/** What lies outside `part` ({from, to} in ms), to both ends of time. */
export function shades(part, palette) {
  const ages = 1e11;
  return [[part.from - ages, part.from], [part.to, part.to + ages]].map(([from, to]) => ({
    type: "rect", xref: "x", yref: "paper", x0: from, x1: to, y0: 0, y1: 0.94,
    name: "left out", layer: "above", fillcolor: palette.shade, line: { width: 0 },
  }));
}

/** Shapes and annotations for the events in `range` (ms). */
export function markers(events, range, widthPx, palette) {
  const seen = events.filter((event) => event.time >= range[0] && event.time <= range[1]);
  return {
    shapes: seen.map((event) => lineAt(event, palette)),
    annotations: place(seen, range, widthPx).map((one) => annotation(one, palette)),
  };
}
