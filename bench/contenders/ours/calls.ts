import { SfcClient } from "sfc-preview-sdk";
import type { Connect } from "../../calls.js";
import { callsOf } from "./calls-of.js";

/** With every default: retries, time limits, key memory and checks are on. */
export const connect: Connect = (baseUrl, token) => callsOf(new SfcClient({ baseUrl, token }));
