import { expect, test } from "vitest";
import { createPathClient } from "../../src/paths.js";
import { json, type Step, scriptedFetch, text } from "../support/scripted-fetch.js";
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

const clientOf = (step: Step) =>
  createPathClient({ token: testToken, baseUrl: "https://api.test", fetch: scriptedFetch(step) });

/** A call of a path that the description does not know. */
function call(
  method: "GET" | "POST" | "HEAD",
  step: Step,
  init: object = {},
): Promise<{ data: unknown; response: Response }> {
  const send = clientOf(step)[method] as (path: string, init: object) => Promise<{ data: unknown; response: Response }>;
  return send("/preview/v2/hours", init);
}

test.each([
  ["GET", "<html>", false],
  ["POST", "<html>", true],
  ["POST", '{"id":', true],
] as const)(
  "a success of a %s to an unknown path that is not JSON is a DecodeError",
  async (method, body, ambiguous) => {
    const failed = call(method, text(body));
    await expect(failed).rejects.toMatchObject({ name: "DecodeError", status: 200, attempts: 1, ambiguous });
    await expect(call(method, text(body), { parseAs: "text" })).resolves.toMatchObject({ data: body });
  },
);

test.each(["[]", "7", '"text"', '{"seqnum":1e300}'])(
  "a success of an unknown path may be any JSON: %s",
  async (body) => {
    await expect(call("POST", text(body))).resolves.toMatchObject({ data: JSON.parse(body) });
  },
);

// The length is that of a compressed body, or of one that the runtime drops.
test("a success without a body is one whatever length its headers state, and a HEAD keeps that length", async () => {
  const step = text("", 200, { "content-length": "20" });
  expect((await call("POST", step)).data).toBeUndefined();
  expect((await call("HEAD", step)).response.headers.get("content-length")).toBe("20");
  const init = { params: { path: { id: "role_1" } } };
  await expect(clientOf(step).DELETE("/preview/v2/roles/{id}", init)).resolves.toMatchObject({ data: undefined });
});
