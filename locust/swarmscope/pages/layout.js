// The chart's frame: panels, axes, legends.

import { AXES } from "./traces.js";
import { zone } from "./format.js";

const SUFFIXES = { "%": " %", "B/s": "B/s", n: "" };
const PANELS = { load: [0.62, 0.94], latency: [0.22, 0.54], users: [0, 0.14] };
// Below the panel's last line: its padding, and a gap that shows where it ends.
const BELOW_PX = 16;
/** All of it can be seen below the warnings, however many there are, until it says nothing; style.css keeps the least. */
const height = (top) => Math.round(Math.min(720, Math.max(440, window.innerHeight - top - BELOW_PX)));
export const MARGIN = { l: 70, r: 16, t: 34, b: 48 };

let drawn = 0;

function ownAxis(panel, title, palette) {
  return {
    domain: PANELS[panel], anchor: "x", rangemode: "tozero", fixedrange: true, automargin: false,
    title: { text: title, standoff: 8 }, gridcolor: palette.grid, zerolinecolor: palette.border,
  };
}

function rightAxis(panel, unit, position, palette) {
  const percent = unit === "%";
  return {
    overlaying: AXES[panel].own, side: "right", anchor: "free", position,
    // By default a second axis takes the first one's tick positions, whatever values these are.
    tickmode: "auto", fixedrange: true, showgrid: false, zeroline: false, rangemode: "tozero",
    ...(percent ? { range: [0, 105], tickmode: "linear", dtick: 25 } : { tickformat: "~s", nticks: 5 }),
    ticksuffix: SUFFIXES[unit], tickfont: { color: palette.muted },
  };
}

/** Room on the right for the axes that the chosen metrics need, as a part of the width. */
function rightSide(overlays) {
  const units = Object.keys(SUFFIXES).filter((unit) => overlays.some((overlay) => overlay.unit === unit));
  const widths = { "%": 0.035, "B/s": 0.06, n: 0.035 };
  const shifts = {};
  let used = 0;
  for (const unit of units.reverse()) {
    used += widths[unit];
    shifts[unit] = used;
  }
  return { shifts, used };
}

function legend(panel, palette) {
  return {
    orientation: "h", x: 0, xanchor: "left", y: PANELS[panel][1], yanchor: "bottom",
    bgcolor: "rgba(0,0,0,0)", font: { color: palette.text, size: 12 },
  };
}

function timeAxis(range, right, palette) {
  return {
    type: "date", anchor: "y7", domain: [0, 1 - right], range,
    title: { text: `time (${zone()})`, standoff: 6 }, gridcolor: palette.grid, linecolor: palette.border,
    hoverformat: "%H:%M:%S", tickformatstops: [
      { dtickrange: [null, 60000], value: "%H:%M:%S" },
      { dtickrange: [60000, 86400000], value: "%H:%M" },
    ],
    showspikes: true, spikemode: "across", spikesnap: "cursor", spikethickness: 1, spikedash: "solid",
    spikecolor: palette.marker,
  };
}

/** `top` is where the chart begins on the page. */
export function layout({ range, overlays, over, logarithmic, palette, markers, revision, top }) {
  const { shifts, used } = rightSide(overlays);
  const axes = {
    yaxis: ownAxis("load", "per second", palette),
    yaxis4: { ...ownAxis("latency", "response time, ms", palette), type: logarithmic ? "log" : "linear" },
    yaxis7: ownAxis("users", "users", palette),
  };
  for (const panel of ["load", "latency"].filter((name) => over[name])) {
    for (const unit of Object.keys(shifts)) {
      axes[AXES[panel][unit].replace("y", "yaxis")] = rightAxis(panel, unit, 1 - shifts[unit], palette);
    }
  }
  return {
    height: height(top), margin: MARGIN, autosize: true, uirevision: revision,
    paper_bgcolor: palette.paper, plot_bgcolor: palette.paper,
    font: { family: "system-ui, sans-serif", size: 12, color: palette.text },
    hovermode: "x unified", hoversubplots: "axis", dragmode: "zoom",
    hoverlabel: { bgcolor: palette.hover, bordercolor: palette.border, font: { color: palette.text, size: 11 } },
    // Each drawing is a new revision of the x axis: the range given here wins over the last zoom.
    xaxis: { ...timeAxis(range, used, palette), uirevision: (drawn += 1) }, ...axes,
    legend: legend("load", palette), legend2: legend("latency", palette), legend3: legend("users", palette),
    ...markers,
  };
}
