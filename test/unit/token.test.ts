import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../src/wrappers/errors.js";
import { readClientOptions } from "../../src/wrappers/options.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { scriptedFetch } from "../support/scripted-fetch.js";
import { failure } from "../support/settle.js";
import { testCaller } from "../support/test-caller.js";

const tokenSource = (token?: unknown) => readClientOptions({ token: token as string }).token;

const variables = ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"];

beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the token", () => {
  test("is the option, or else the first variable that is set", async () => {
    for (const name of variables.toReversed()) {
      vi.stubEnv(name, `from-${name}`);
      expect(await tokenSource(undefined)()).toBe(`from-${name}`);
    }
    expect(await tokenSource("mine")()).toBe("mine");
  });

  test("is required, and the error about a missing token names what to set", () => {
    for (const name of variables) expect(() => tokenSource(undefined)).toThrow(name);
    vi.stubEnv("SF_API_KEY", "");
    expect(() => tokenSource(undefined)).toThrow(UsageError);
  });

  test("is refused by the name of its variable when it is invalid, such as when it ends with a line break", () => {
    vi.stubEnv("SF_BEARER_TOKEN", "sk_live_1\n");
    const client = () => readClientOptions({});
    expect(client).toThrow("SF_BEARER_TOKEN: must be a non-empty string of printable ASCII characters without spaces");
    expect(client).not.toThrow("sk_live_1");
    expect(() => readClientOptions({ token: "sk live" })).toThrow("options.token: ");
  });

  test("may come from a function, at once or later", async () => {
    expect(await tokenSource(() => "now")()).toBe("now");
    expect(await tokenSource(async () => "later")()).toBe("later");
  });

  const invalid = ["", "sk live", "sk_live_1\n", "sk_live_é", 7, null];

  test.each(invalid)("is refused, unquoted, when it cannot be a header: %j", (token) => {
    expect(() => tokenSource(token as string)).toThrow(UsageError);
    if (token) expect(() => tokenSource(token as string)).not.toThrow(String(token));
  });

  test.each(invalid)("is refused, unquoted, when the function returns %j, and nothing is sent", async (token) => {
    const fetch = scriptedFetch();
    const { caller, clock } = testCaller(fetch, { token: () => token as string });
    const error = await failure(clock, caller.call(sampleOperations.read, inputFor(sampleOperations.read)));
    expect(error).toMatchObject({ name: "UsageError", field: "options.token", attempts: 0 });
    expect((error as Error).message).toBe(
      "GET /v/things/{id}: options.token: must be a non-empty string of printable ASCII characters without spaces",
    );
    if (token) expect((error as Error).message).not.toContain(String(token));
    expect(fetch.requests).toHaveLength(0);
  });

  test.each([
    () => {
      throw new Error("sk_live_1");
    },
    () => Promise.reject(new Error("sk_live_1")),
  ])("function's own error is not passed on", async (token) => {
    const { caller, clock } = testCaller(scriptedFetch(), { token });
    const error = await failure(clock, caller.call(sampleOperations.read, inputFor(sampleOperations.read)));
    expect(error).toMatchObject({ name: "UsageError", attempts: 0 });
    expect((error as Error).message).toBe("GET /v/things/{id}: options.token: the token function failed");
    expect((error as Error).cause).toBeUndefined();
  });

  test("is requested once when the function returns none, because that is not a transient failure", async () => {
    for (const none of ["", undefined, new Error("no such secret")]) {
      const token = vi.fn(async () => {
        if (none instanceof Error) throw none;
        return none as string;
      });
      const { caller, clock } = testCaller(scriptedFetch(), { token });
      await failure(clock, caller.call(sampleOperations.read, inputFor(sampleOperations.read)));
      expect(token).toHaveBeenCalledTimes(1);
    }
  });
});
