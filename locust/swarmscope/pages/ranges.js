// How requests fared against a response time that satisfies: a bar for each of the busiest endpoints.

import { count, number, percent, shorten } from "./format.js";
import { LIMITS } from "./limits.js";
import { byId, element } from "./sections.js";
import { records, together } from "./source.js";

const FARED = ["satisfied", "tolerating", "slow", "failed"];
const WIDE_ENOUGH = 0.07;

function saidOf(t) {
  return {
    satisfied: `within ${count(t)} ms`, tolerating: `up to ${count(4 * t)} ms`, slow: "slower", failed: "failed",
  };
}

const judged = (row) => FARED.reduce((sum, key) => sum + row[key], 0);
/** How many requests' worth of satisfaction is lost: what frustrates the most comes first. */
const frustration = (row) => judged(row) * (1 - row.apdex);

function barOf(row, said) {
  const bar = element("div", "", "bar");
  const all = judged(row);
  for (const key of FARED.filter((one) => row[one])) {
    const share = row[key] / all;
    const piece = element("span", share < WIDE_ENOUGH ? "" : percent(row[key], all), key);
    piece.style.width = `${100 * share}%`;
    piece.title = `${said[key]}: ${count(row[key])} (${percent(row[key], all)})`;
    bar.append(piece);
  }
  return bar;
}

function rangeRow(row, said) {
  const line = element("div", "", "range");
  const all = judged(row);
  const name = together(row) ? "All endpoints" : `${row.method ?? ""} ${row.name || "(empty)"}`.trim();
  const label = element("span", shorten(name, 120), "name");
  label.title = shorten(name, 300);
  const score = element("span", `${row.apdex.toFixed(2)}${all < LIMITS.apdexSmall ? "*" : ""}`, "score");
  line.append(label, score, barOf(row, said));
  const told = FARED.map((key) => `${said[key]} ${percent(row[key], all)}`).join(", ");
  line.setAttribute("role", "listitem");
  line.setAttribute("aria-label", `${shorten(name, 120)}: Apdex ${score.textContent}; ${told}`);
  return line;
}

/** Draw how requests fared with `t`, the response time that satisfies, ms. */
export function showRanges(results, t) {
  const said = saidOf(t);
  const key = FARED.map((one) => element("span", said[one], one));
  byId("ranges-key").replaceChildren(...key);
  const rows = records(results.response_ranges).sort(
    (a, b) => together(b) - together(a) || frustration(b) - frustration(a),
  );
  const none = element("p", "No request with a response time in this range.", "note");
  byId("ranges").replaceChildren(...(rows.length ? rows.map((row) => rangeRow(row, said)) : [none]));
}

/** Call `redo` with each T that the reader picks; a report's is the one that it was made with. */
export function offerT(fixed, usual, redo) {
  const input = byId("apdex-t");
  input.value = fixed ?? usual;
  input.disabled = fixed !== undefined;
  input.title = input.disabled ? `another one: swarmscope report --apdex-t ${number(usual)}ms` : "";
  input.addEventListener("change", () => {
    if (input.validity.valid && input.value) redo(Number(input.value));
  });
}
