import { expect } from "vitest";
import { ApiError, type CallResult, type ClientOptions, type Page } from "../../src/index.js";
import { callMethod } from "./call.js";
import type { CallExample, ContractCase } from "./operations.js";
import { violationsIn } from "./violations.js";

/** The class of a client, which may be generated from another description. */
export type ClientClass = new (options: ClientOptions) => object;

/** The checks of the contract tests for one operation. Each throws when the client or the mock server violates the contract. */
export interface Bench {
  sendsValidRequest(row: ContractCase, call: CallExample): Promise<void>;
  understandsResponse(row: ContractCase, call: CallExample, name: string, expected: unknown): Promise<void>;
  turnsIntoError(row: ContractCase, call: CallExample, expected: ContractCase["errors"][number]): Promise<void>;
}

/** Checks a client on a mock server. The violations that the server finds in requests and responses are collected. */
export function createBench(Client: ClientClass, baseUrl: string): Bench {
  let violations: string[] = [];
  const client = new Client({ baseUrl, token: "sk_live_contract", maxRetries: 0, fetch: watchedFetch });

  async function watchedFetch(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, init);
    const found = violationsIn(response.headers);
    if (found !== undefined) violations.push(`${init.method} ${url} ${init.body ?? ""}: ${found}`);
    return response;
  }

  async function withoutViolations<T>(run: () => Promise<T>): Promise<T> {
    violations = [];
    const result = await run();
    expect(violations).toEqual([]);
    return result;
  }

  const send = (row: ContractCase, call: CallExample, headers: object = {}): Promise<CallResult<unknown>> =>
    callMethod(client, row.operation, call, { headers: { ...row.headers, ...headers } });

  async function succeed(row: ContractCase, call: CallExample, headers?: object): Promise<unknown> {
    const { response, idempotencyKey, data } = await withoutViolations(() => send(row, call, headers));
    expect(String(response.status)).toMatch(new RegExp(`^${row.success.status.replaceAll("X", "\\d")}$`));
    expect(idempotencyKey !== undefined).toBe(row.operation.retry === "keyed");
    return bodyOf(row, data);
  }

  return {
    async sendsValidRequest(row, call) {
      const data = await succeed(row, call);
      if (row.operation.empty) expect(data).toBeUndefined();
    },
    async understandsResponse(row, call, name, expected) {
      expect(await succeed(row, call, { prefer: `example=${name}` })).toEqual(expected);
    },
    async turnsIntoError(row, call, { status, type }) {
      const { operation } = row;
      const headers = { prefer: `code=${status}` };
      const error = await withoutViolations(() => send(row, call, headers).then(unexpected, failure));
      expect(ApiError.is(error)).toBe(true);
      expect(error).toMatchObject({ status, type: type ?? "unknown", operation: operation.name, attempts: 1 });
      expect(error.message).toContain(`${operation.method} ${operation.path}: ${status}`);
      expect(error.ambiguous).toBe(operation.retry !== "read" && status >= 500);
    },
  };
}

/** The part of a response that a method returns: the page for a list, and otherwise the body. */
function bodyOf({ operation }: ContractCase, data: unknown): unknown {
  const isPage = operation.paging !== undefined && operation.paging !== "seqnum";
  return isPage ? (data as Page<unknown>).body : data;
}

function failure(error: unknown): ApiError {
  return error as ApiError;
}

function unexpected(): never {
  throw new Error("the call succeeded");
}

/** A call with only the required arguments. */
export function anyCall({ operation, required }: ContractCase): CallExample {
  const [call] = Object.values(required);
  if (call === undefined) throw new Error(`${operation.name} has no example call`);
  return call;
}
