// Metrics of hosts and services that can be drawn over the load: what there is, and what the user picked.

import { records } from "./source.js";

const METRICS = [
  { query: "host_cpu", unit: () => "%", label: () => "CPU" },
  { query: "host_memory", unit: () => "%", label: () => "memory" },
  { query: "host_disk", unit: () => "B/s", label: (row) => `disk ${row.direction}` },
  { query: "host_network", unit: () => "B/s", label: (row) => `${row.interface} ${row.direction}` },
  // A service says by a gauge's name what it measures: memory is drawn beside the counts, not above them.
  {
    query: "app_gauges", unit: (row) => (row.gauge.endsWith("_percent") ? "%" : "n"),
    label: (row) => row.gauge.replace(/_bytes$/, "_MB"),
    value: (row) => (row.gauge.endsWith("_bytes") ? row.value / 1e6 : row.value),
  },
];
const DEFAULT_LIMIT = 6;

export const HOST_QUERIES = METRICS.map((metric) => metric.query);

/** Every series of these queries: id, query, host (or the service), label, unit, rows. */
export function available(results) {
  return METRICS.flatMap((metric) => {
    const series = Map.groupBy(records(results[metric.query]), (row) =>
      JSON.stringify([metric.query, row.host ?? row.service, row.interface ?? row.gauge ?? "", row.direction ?? ""]));
    return [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, rows]) => {
      const host = rows[0].host ?? rows[0].service;
      return {
        id, query: metric.query, unit: metric.unit(rows[0]), host, role: rows[0].role ?? (rows[0].gauge && "service"),
        rows: metric.value ? rows.map((row) => ({ ...row, value: metric.value(row) })) : rows,
        short: metric.label(rows[0]), label: `${metric.label(rows[0])} · ${host}`,
        window: results[metric.query].window,
      };
    });
  });
}

export class Picker {
  #root;
  #onChange;
  #chosen = null;
  #shown = "";

  constructor(root, onChange) {
    this.#root = root;
    this.#onChange = onChange;
    for (const box of root.querySelectorAll(".over input")) box.addEventListener("change", onChange);
    document.addEventListener("click", (event) => {
      if (!root.contains(event.target)) root.open = false;
    });
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      root.open = false;
      root.querySelector("summary").focus();
    });
  }

  /** The panels that the metrics are drawn over. */
  get over() {
    return {
      load: this.#root.querySelector("#over-load").checked,
      latency: this.#root.querySelector("#over-latency").checked,
    };
  }

  /** The queries that a picked series needs at each poll. */
  get queries() {
    if (!this.#chosen) return ["host_cpu"];
    return HOST_QUERIES.filter((query) => [...this.#chosen].some((id) => JSON.parse(id)[0] === query));
  }

  /** Offer `options`, and return those that are picked; CPU of each host until the user says otherwise. */
  update(options) {
    const picked = options.filter((option) => this.#isPicked(option));
    const shown = JSON.stringify(options.map((option) => option.id));
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#rebuild(options);
    }
    const summary = picked.length ? `Metrics: ${picked.length}` : "Metrics: none";
    this.#root.querySelector("summary").textContent = options.length ? summary : "Metrics: none stored";
    return this.#chosen ? picked : picked.slice(0, DEFAULT_LIMIT);
  }

  #isPicked(option) {
    return this.#chosen ? this.#chosen.has(option.id) : option.query === "host_cpu";
  }

  #rebuild(options) {
    const hosts = Map.groupBy(options, (option) => option.host);
    this.#root.querySelector("#picker-options").replaceChildren(
      ...[...hosts].map(([host, own]) => this.#fieldset(host, own, options)));
  }

  #fieldset(host, own, options) {
    const fieldset = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = own[0].role ? `${host} (${own[0].role})` : host;
    fieldset.append(legend, ...own.map((option) => this.#choice(option, options)));
    return fieldset;
  }

  #choice(option, options) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = option.id;
    box.checked = this.#isPicked(option);
    box.addEventListener("change", () => {
      this.#chosen ??= new Set(options.filter((one) => this.#isPicked(one)).map((one) => one.id));
      if (box.checked) this.#chosen.add(option.id);
      else this.#chosen.delete(option.id);
      this.#onChange();
    });
    label.append(box, option.unit === "n" ? ` ${option.short}` : ` ${option.short}, ${option.unit}`);
    return label;
  }
}
