import { readFileSync } from "node:fs";
import type { JsonObject } from "../../scripts/lib/json.js";
import { shared } from "../support/shared.js";
import { completeExamples } from "./complete-examples.js";
import { startInProcessMock } from "./in-process-mock.js";

const OWN = new URL("../../openapi/bundled.json", import.meta.url);

let completed: JsonObject | undefined;

/** The description that the client is generated from, with its missing examples added. Made once for all files. */
export function ownDescription(): JsonObject {
  completed ??= completeExamples(JSON.parse(readFileSync(OWN, "utf8")));
  return completed;
}

/** The mock server on {@link ownDescription}, one for all files. `test/simulator` starts it as users do, in its own process. */
export const contractMock = shared(() => startInProcessMock(ownDescription()));
