// What happened to the run, as vertical lines with labels that never cover one another.

import { clock, plain, shorten, toAxis } from "./format.js";

const SIGN_PX = 6.2;
// Room for the " +3" of labels that join this one, and a gap.
const MORE_PX = 32;
const ROWS = 2;
const WORDS = {
  start: () => "start",
  stop: () => "stop",
  step: (event) => (event.user_count === null ? "step" : `${event.user_count} users`),
  worker_join: (event) => `+ ${event.subject ?? "worker"}`,
  worker_leave: (event) => `− ${event.subject ?? "worker"}`,
};

function label(event) {
  const words = WORDS[event.event];
  return shorten(words ? words(event) : event.event, 24);
}

function lineAt(event, palette) {
  return {
    type: "line", xref: "x", yref: "paper", x0: toAxis(event.time), x1: toAxis(event.time), y0: 0, y1: 0.94,
    layer: "between", line: { color: palette.marker, width: 1, dash: event.event === "step" ? "dot" : "solid" },
  };
}

/** Put each label in the first row where it has room; what has none joins the label before it. */
function place(events, range, widthPx) {
  const perMs = widthPx / Math.max(1, range[1] - range[0]);
  const ends = Array(ROWS).fill(-Infinity);
  const placed = [];
  for (const event of events) {
    const left = (event.time - range[0]) * perMs;
    const text = label(event);
    const row = ends.findIndex((end) => end <= left);
    if (row < 0) {
      placed.at(-1).more.push(event);
      continue;
    }
    ends[row] = left + text.length * SIGN_PX + MORE_PX;
    placed.push({ event, text, row, more: [] });
  }
  return placed;
}

function story(event) {
  return `${clock(event.time)} ${event.event}${event.message ? `: ${event.message}` : ""}`;
}

function annotation({ event, text, row, more }, palette) {
  const all = [event, ...more].map((one) => plain(shorten(story(one), 160)));
  return {
    x: toAxis(event.time), y: 0.94, xref: "x", yref: "paper", xanchor: "left", yanchor: "bottom",
    yshift: 18 + 14 * row, showarrow: false, text: plain(more.length ? `${text} +${more.length}` : text),
    font: { size: 11, color: palette.muted }, hovertext: all.join("<br>"), captureevents: true,
  };
}

/** Shapes and annotations for the events in `range` (ms). */
export function markers(events, range, widthPx, palette) {
  const seen = events.filter((event) => event.time >= range[0] && event.time <= range[1]);
  return {
    shapes: seen.map((event) => lineAt(event, palette)),
    annotations: place(seen, range, widthPx).map((one) => annotation(one, palette)),
  };
}
