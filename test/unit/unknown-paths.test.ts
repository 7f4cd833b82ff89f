import { expect, test } from "vitest";
import { createPathClient } from "../../src/paths.js";
import { json, type Step, scriptedFetch } from "../support/scripted-fetch.js";
import { settle } from "../support/settle.js";
import { testToken } from "../support/test-caller.js";
import { virtualRuntime } from "../support/virtual-runtime.js";

const lost: Step = () => Promise.reject(new TypeError("fetch failed"));

/** How often a call of an unknown path is sent when its first response is lost. */
async function attemptsOf(method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE"): Promise<number> {
  const fetch = scriptedFetch(lost, json({}));
  const runtime = virtualRuntime();
  const client = createPathClient({ token: testToken, baseUrl: "https://api.test", fetch, runtime });
  const call = client[method] as (path: string, init: object) => Promise<unknown>;
  await settle(runtime, call("/preview/v2/hours/1", method === "GET" ? {} : { body: { hours: 1 } }));
  return fetch.requests.length;
}

test.each([
  ["GET", 2],
  ["PUT", 2],
  ["DELETE", 2],
  ["POST", 1],
  ["PATCH", 1],
] as const)(
  "a %s to an unknown path whose response is lost is sent %i times: a POST or PATCH may add",
  async (method, times) => {
    expect(await attemptsOf(method)).toBe(times);
  },
);
