// The one Plotly figure: drawn anew in place, zoomed by the user.

import { colours } from "./theme.js";
import { fromAxis } from "./format.js";
import { layout, MARGIN } from "./layout.js";
import { markers, marks, shades } from "./markers.js";
import { thresholdTraces } from "./thresholds.js";
import { allTraces } from "./traces.js";
import { records } from "./source.js";

const CONFIG = {
  displaylogo: false, responsive: true, doubleClick: false, showTips: false,
  modeBarButtons: [["zoomIn2d", "zoomOut2d", "toImage"]],
};

export class Chart {
  #element;
  #dragging = false;
  #ready = false;
  #onZoom;

  constructor(element, onZoom) {
    this.#element = element;
    this.#onZoom = onZoom;
    // A redraw under the user's hand would end the drag.
    element.addEventListener("pointerdown", () => { this.#dragging = true; }, true);
    window.addEventListener("pointerup", () => { this.#dragging = false; }, true);
  }

  /** Draw `results`; `range` is [from, to] in ms, and what is outside `part` is shaded. */
  async draw({ results, overlays, part, over, logarithmic, range, revision }) {
    if (this.#dragging) return;
    const palette = colours();
    const width = Math.max(300, this.#element.clientWidth - MARGIN.l - MARGIN.r);
    const frame = layout({
      range, overlays, over, logarithmic, palette, revision,
      top: this.#element.getBoundingClientRect().top + window.scrollY,
      markers: markers([...records(results.run_events), ...marks(records(results.events))], range, width, palette),
    });
    if (part) frame.shapes = [...shades(part, palette), ...frame.shapes];
    await Plotly.react(this.#element, allTraces(results, overlays, over, palette, thresholdTraces(results, range, palette)), frame, CONFIG);
    if (!this.#ready) this.#listen();
  }

  #listen() {
    this.#ready = true;
    this.#element.on("plotly_relayout", (change) => {
      const from = change["xaxis.range[0]"];
      const to = change["xaxis.range[1]"];
      if (from !== undefined && to !== undefined) this.#onZoom([fromAxis(from), fromAxis(to)]);
    });
    this.#element.on("plotly_doubleclick", () => this.#onZoom(null));
  }
}
