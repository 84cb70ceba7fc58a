// Reads a JSON object of name to [source, runnable]: the file, and the file with everything in place
// that Grafana puts there. Writes one of name to what is wrong with it; "" for nothing.
import { readFileSync } from "node:fs";
import { Flux } from "@influxdata/flux-lsp-node";

function complaint([source, runnable]) {
  if (!new Flux(runnable).is_valid()) return "it does not parse, or its types don't fit";
  const formatted = new Flux(source).format();
  return formatted === source ? "" : `it is not formatted; formatted it is:\n${formatted}`;
}

const scripts = Object.entries(JSON.parse(readFileSync(0, "utf8")));
const verdicts = scripts.map(([name, texts]) => [name, complaint(texts)]);
process.stdout.write(JSON.stringify(Object.fromEntries(verdicts)));
