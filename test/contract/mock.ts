import { readFileSync } from "node:fs";
import type { JsonObject } from "../../scripts/lib/json.js";
import { shared } from "../support/shared.js";
import { completeExamples } from "./complete-examples.js";
import { startInProcessMock } from "./in-process-mock.js";

const OWN = new URL("../../openapi/bundled.json", import.meta.url);

let completed: JsonObject | undefined;

/** The description that the client was made from, with what its examples leave out; made once for all files. */
export function ownDescription(): JsonObject {
  completed ??= completeExamples(JSON.parse(readFileSync(OWN, "utf8")));
  return completed;
}

/** The mock server on {@link ownDescription}, one for all files. As users start it, in a process of its own, it is tried in `test/simulator`. */
export const contractMock = shared(() => startInProcessMock(ownDescription()));
