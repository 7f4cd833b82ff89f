/// <reference lib="esnext.disposable" preserve="true" />
import type { Agent } from "node:http";
import { type Checks, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";
import { type Runtime, systemRuntime } from "../wrappers/options.js";
import { type Interruption, interruptibleFetch, onAbort } from "../wrappers/timeout.js";
import { createAgent, trustAlso, warnOfIgnoredProxy } from "./agent.js";
import { prepareRequest, RefusedRequest } from "./request.js";
import { extendPlatformResponse } from "./response.js";
import { send } from "./send.js";

/** An `Agent` of `node:http` or `node:https`, or one that extends them. Described by its members, so that a program without Node's types compiles. */
export interface NodeAgent {
  readonly maxSockets: number;
  readonly sockets: object;
  destroy(): unknown;
}

/** How connections are made and kept. Everything has a default. */
export interface NodeFetchOptions {
  /** Connections to one origin at the same time; a request beyond them waits for one that gets free. @default 64 */
  maxConnections?: number | undefined;
  /**
   * Milliseconds an unused connection is kept at most. A server that announces a shorter limit (`Keep-Alive: timeout`) is believed, less a second.
   * 0: no connection is used twice.
   * @default 4000
   */
  idleTimeoutMs?: number | undefined;
  /**
   * Milliseconds until a connection must be ready, name lookup and TLS included. Nothing has been sent by then, so the client may retry whatever the
   * operation. `Infinity`: no limit.
   * @default 10000
   */
  connectTimeoutMs?: number | undefined;
  /** Certificates, as PEM, to trust besides the usual ones: a company's own, or those of a test. */
  ca?: string | readonly string[] | undefined;
  /**
   * An agent of your own, or a function that returns the agent for a URL: for proxies, client certificates, or connections that you share with other code.
   * It is used as it is: `maxConnections`, `idleTimeoutMs` and `ca` are options of your agent then.
   * @default Node's agent with the options above, and with the proxy of the environment where Node supports it
   */
  agent?: NodeAgent | ((url: URL) => NodeAgent) | undefined;
  /** Clock and timers, for tests that must not wait. @default the system's */
  runtime?: Partial<Runtime> | undefined;
}

/** A `fetch` for `SfcClient`'s option of that name. */
export interface NodeFetch {
  (url: string, init: RequestInit): Promise<Response>;
  /** Closes connections that are not in use now, and the others after their response. An agent of your own is left as it is. */
  close(): void;
  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const isAgent = (value: unknown): value is Agent => typeof Object(value).addRequest === "function";
const isFrom = (least: number) => (value: unknown) => typeof value === "number" && value >= least;

const checks: Checks<NodeFetchOptions> = {
  maxConnections: [(value) => Number.isSafeInteger(value) && isFrom(1)(value), "must be a positive whole number"],
  idleTimeoutMs: [isFrom(0), "must be 0 or more milliseconds"],
  connectTimeoutMs: [isFrom(Number.MIN_VALUE), "must be more than 0 milliseconds"],
  ca: [(value) => [value].flat().every((pem) => /-BEGIN CERTIFICATE-/.test(`${pem}`)), "must be certificates in PEM"],
  agent: [(value) => typeof value === "function" || isAgent(value), "must be an agent of Node, or a function"],
  runtime: [(value) => typeof value === "object", "must be an object"],
};

/**
 * A `fetch` over Node's own `http` and `https`, for clients that call often: `new SfcClient({ fetch: createNodeFetch() })`. It keeps connections and returns
 * redirects as they are.
 *
 * It has no time limits but the one on connecting; the client's hold.
 */
export function createNodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  const given = readOptions(options, checks);
  const { maxConnections: maxSockets = 64, idleTimeoutMs = 4_000, connectTimeoutMs = 10_000, ca, agent } = given;
  const taken = (["maxConnections", "idleTimeoutMs", "ca"] as const).find((name) => agent && given[name] !== undefined);
  if (taken) throw new UsageError(`options.${taken}`, "cannot be combined with `agent`, which has its own");
  const limits = { connectTimeoutMs, runtime: { ...systemRuntime, ...given.runtime } };
  const settings = { maxSockets, idleTimeoutMs, secureContext: ca === undefined ? ca : trustAlso(ca) };
  const own = new Map<string, Agent>();
  if (!agent) warnOfIgnoredProxy();
  extendPlatformResponse();

  const agentFor = (url: URL): Agent => {
    const chosen: NodeAgent =
      typeof agent === "function" ? agent(new URL(url)) : (agent ?? own.get(url.origin) ?? createAgent(url, settings));
    if (!isAgent(chosen)) throw new RefusedRequest("options.agent returned no agent");
    if (!agent) own.set(url.origin, chosen);
    return chosen;
  };
  // Not `async`: each promise around another one costs three turns.
  const start = (address: string, init: RequestInit, abort?: Pick<Interruption, "onAbort">): Promise<Response> => {
    try {
      const request = prepareRequest(address, init);
      return send(request, { ...limits, agent: agentFor(request.url) }, abort);
    } catch (error) {
      // What the platform refuses, a header or a body, it may quote; and a function the password of a proxy.
      return Promise.reject(
        error instanceof RefusedRequest ? error : new RefusedRequest("its headers, its body or options.agent failed"),
      );
    }
  };
  const fetch = (address: string, init: RequestInit = {}): Promise<Response> => {
    const { signal } = init;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return start(address, init, signal ? { onAbort: (run) => onAbort(signal, () => run(signal.reason)) } : undefined);
  };
  const close = () => {
    settings.idleTimeoutMs = 0;
    for (const kept of own.values()) {
      // What is freed from now on is closed.
      Object.assign(kept, { keepAlive: false });
      for (const socket of Object.values(kept.freeSockets).flat()) socket?.destroy();
    }
  };
  Object.defineProperty(fetch, interruptibleFetch, { value: { fetch, send: start } });
  return Object.assign(fetch, { close, [Symbol.asyncDispose]: async () => close() });
}
