// Numbers, times and names as text, with their units.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const PRECISIONS = [[100, 0], [10, 1], [0, 2]];

/** A number with about three significant digits; "–" for a missing one. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  const digits = PRECISIONS.find(([limit]) => Math.abs(value) >= limit)[1];
  // A little less than nothing is nothing.
  return value.toLocaleString("en", { maximumFractionDigits: digits, signDisplay: "negative" });
}

export function count(value) {
  return value === null || value === undefined ? "–" : whole.format(value);
}

/** `value` with what it counts: "1 request", "1,200 requests". */
export function countOf(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** How much of `all` `part` is, as `words.py` writes it: nothing and all are said only of just that. */
export function percent(part, all) {
  if (!all) return "–";
  const value = (100 * part) / all;
  const nearestEnd = Math.min(value, Math.abs(100 - value));
  const digits = value > 100 || nearestEnd >= 10 ? 0 : nearestEnd < 1 ? 2 : 1;
  const text = value.toLocaleString("en", { maximumFractionDigits: digits });
  if (text === "0" && value) return "< 0.01 %";
  return text === "100" && value < 100 ? "> 99.99 %" : `${text} %`;
}

/** A part of all with its share; nothing has none. */
export function partOf(part, all) {
  return part ? `${count(part)} (${percent(part, all)})` : "0";
}

export function bytes(value) {
  if (value === null || value === undefined) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  while (Math.abs(value) >= 1000 && power < units.length - 1) {
    value /= 1000;
    power += 1;
  }
  return `${number(value)} ${units[power]}`;
}

export function duration(ms) {
  // As boards and lists have it: of the last second as far as it went.
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0]) return `${parts[0]} h ${parts[1]} min`;
  return parts[1] ? `${parts[1]} min ${parts[2]} s` : `${parts[2]} s`;
}

const pad = (value) => String(value).padStart(2, "0");

export function clock(ms) {
  const at = new Date(ms);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
}

export function dateTime(ms) {
  const at = new Date(ms);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clock(ms)}`;
}

/** Plotly draws numbers on the reader's clock by itself, and says in a text of that clock what he picks. */
export function fromAxis(value) {
  if (typeof value === "number") return value;
  const [day, time = "00:00"] = value.split(" ");
  return Date.parse(`${day}T${time}`);
}

export function zone() {
  const minutes = -new Date().getTimezoneOffset();
  const sign = minutes < 0 ? "-" : "+";
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes ? sign + Math.floor(Math.abs(minutes) / 60) : ""}${rest ? `:${pad(rest)}` : ""}`;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A name for Plotly, which reads a subset of HTML in its texts. */
export function plain(text) {
  return String(text).replace(/[&<>]/g, (sign) => ENTITIES[sign]);
}

/** What a traceback ends with: the exception itself. */
export function lastLine(text) {
  return (text ?? "").split("\n").at(-1);
}

export function shorten(text, length = 80) {
  const signs = Array.from(String(text));
  return signs.length > length ? `${signs.slice(0, length - 1).join("")}…` : signs.join("");
}
