import { SfcClient } from "sfc-preview-sdk";
import { createNodeFetch } from "sfc-preview-sdk/node";
import type { Connect } from "../../calls.js";
import { callsOf } from "../ours/calls-of.js";

export const connect: Connect = (baseUrl, token) =>
  callsOf(new SfcClient({ baseUrl, token, fetch: createNodeFetch() }));
