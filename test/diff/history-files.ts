import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../mutations/base.js";

/** The descriptions of the instance operations at several times, and their rows. */
export type HistoryName = "2026-05" | "2026-06" | "2026-07" | "sdk";

export function historyFile(name: HistoryName): string {
  return join(ROOT, `test/pipeline/history/${name}.yaml`);
}

export function historyText(name: HistoryName): string {
  return readFileSync(historyFile(name), "utf8");
}
