// Where results come from: the store's HTTP API, or the data inside a report.

const PARALLEL = 4;
const TIMEOUT_MS = 15000;

/** The store did not answer at all; asking again may help. */
export class Unreachable extends Error {}

/** The store answered with an error; its message says what to do. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Rows as objects, keyed by column. */
export function records(result) {
  if (!result) return [];
  return result.rows.map((row) => Object.fromEntries(result.columns.map((name, i) => [name, row[i]])));
}

/** Whether a row is of all endpoints together, by Locust's own name for that. */
export const together = (row) => row.name === "Aggregated";

class HttpSource {
  live = true;
  /** The server's clock, ms: the reader's own may be off. */
  now = Date.now();

  query(name, params) {
    const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
    return this.#ask(`/api/queries/${name}?${new URLSearchParams(given)}`);
  }

  /** What the audit says of `run` by now. */
  audit(run) {
    return this.#ask(`/api/audit?${new URLSearchParams({ run })}`);
  }

  async #ask(url) {
    const response = await this.#get(url);
    this.now = Date.parse(response.headers.get("Date")) || Date.now();
    const body = await readJson(response);
    if (!response.ok) throw refusal(response, body);
    if (!body) throw new Unreachable("its answer was cut off");
    return body;
  }

  async #get(url) {
    try {
      return await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new Unreachable(error.name === "TimeoutError" ? `no answer within ${TIMEOUT_MS / 1000} s` : "no connection");
    }
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return null; // the caller tells an empty body apart by the status
  }
}

function refusal(response, body) {
  if (response.status === 401) {
    return new Refused("The store wants its token. Open this page once as /?token=…, with the token that the server was started with.", 401);
  }
  if (response.status >= 500) return new Unreachable(body?.message ?? `it answered ${response.status}`);
  return new Refused(body?.message ?? `The store answered ${response.status}.`, response.status);
}

class EmbeddedSource {
  live = false;

  constructor(embedded) {
    this.embedded = embedded;
  }

  async query(name) {
    return this.embedded.queries[name] ?? { columns: [], rows: [] };
  }

  async audit() {
    return this.embedded.audit;
  }
}

export function openSource() {
  const element = document.getElementById("embedded");
  return element ? new EmbeddedSource(JSON.parse(element.textContent)) : new HttpSource();
}

/** Ask for all of `wanted` ([name, params]), a few at a time; results by name. */
export async function queryAll(source, wanted) {
  const results = {};
  const waiting = [...wanted];
  async function work() {
    while (waiting.length) {
      const [name, params] = waiting.shift();
      results[name] = await source.query(name, params);
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}
