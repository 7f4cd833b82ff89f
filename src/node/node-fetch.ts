/// <reference lib="esnext.disposable" preserve="true" />
import type { Agent } from "node:http";
import { type Checks, checkedElsewhere, readOptions } from "../wrappers/checks.js";
import { UsageError } from "../wrappers/errors.js";
import { type Runtime, readRuntime } from "../wrappers/options.js";
import { interruptibleFetch, onAbort } from "../wrappers/timeout.js";
import { addTrustedCertificates, createAgent, warnOfIgnoredProxy } from "./agent.js";
import { RefusedRequest } from "./request.js";
import { extendPlatformResponse } from "./response.js";
import { type Abortable, send } from "./send.js";

/** An `Agent` of `node:http` or `node:https`, or one that extends them. Described by its members, so that a program without Node's types compiles. */
export interface NodeAgent {
  readonly maxSockets: number;
  readonly sockets: object;
  destroy(): unknown;
}

/** Connection options. Everything has a default. */
export interface NodeFetchOptions {
  /** Maximum number of connections to one origin; further requests wait for a free connection. @default 64 */
  maxConnections?: number | undefined;
  /**
   * Maximum number of milliseconds that an idle connection is kept open. A shorter limit of the server (`Keep-Alive: timeout`) is used instead, less one
   * second. 0: no connection is reused.
   * @default 4000
   */
  idleTimeoutMs?: number | undefined;
  /**
   * Milliseconds within which a connection must be ready, DNS lookup and TLS included. Nothing has been sent by then, so the client can retry every
   * operation. `Infinity`: no limit.
   * @default 10000
   */
  connectTimeoutMs?: number | undefined;
  /** Additional trusted CA certificates, in PEM: for example a company's own, or those of a test. @default none */
  ca?: string | readonly string[] | undefined;
  /**
   * An agent of your own, or a function that returns the agent for a URL: for proxies, client certificates, or connections that you share with other code.
   * It is not modified: `maxConnections`, `idleTimeoutMs` and `ca` are then options of your agent.
   * @default Node's agent with the options above, and with the proxy of the environment where Node supports it
   */
  agent?: NodeAgent | ((url: URL) => NodeAgent) | undefined;
  /** Clock and timers, for tests that must not wait. @default the system's */
  runtime?: Partial<Runtime> | undefined;
}

/** A `fetch` for `SfcClient`'s option of that name. */
export interface NodeFetch {
  (url: string, init: RequestInit): Promise<Response>;
  /** Closes idle connections now and other connections after their response. Does not close your own agent. */
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
  runtime: checkedElsewhere,
};

/**
 * A `fetch` over Node's own `http` and `https`, for clients that call often: `new SfcClient({ fetch: createNodeFetch() })`. It reuses connections and does
 * not follow redirects.
 *
 * Its only time limit is `connectTimeoutMs`; the limits of the client apply as always.
 */
export function createNodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  const given = readOptions(options, checks);
  const { maxConnections: maxSockets = 64, idleTimeoutMs = 4_000, connectTimeoutMs = 10_000, ca, agent } = given;
  const taken = (["maxConnections", "idleTimeoutMs", "ca"] as const).find((name) => agent && given[name] !== undefined);
  if (taken) throw new UsageError(`options.${taken}`, "cannot be combined with `agent`, which has its own");
  const settings = { maxSockets, idleTimeoutMs, secureContext: ca === undefined ? ca : addTrustedCertificates(ca) };
  const own = new Map<string, Agent>();
  if (!agent) warnOfIgnoredProxy();
  extendPlatformResponse();

  const agentFor = (origin: URL, path: string): Agent => {
    const chosen: NodeAgent =
      typeof agent === "function"
        ? agent(new URL(origin.origin + path))
        : (agent ?? own.get(origin.origin) ?? createAgent(origin, settings));
    if (!isAgent(chosen)) throw new RefusedRequest("options.agent returned no agent");
    if (!agent) own.set(origin.origin, chosen);
    return chosen;
  };
  const route = { agentFor, connectTimeoutMs, runtime: readRuntime(given.runtime) };
  const start = (address: string, init: RequestInit, abort: Abortable) => send(address, init, route, abort);
  const fetch = (address: string, init: RequestInit = {}): Promise<Response> => {
    const { signal } = init;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return start(address, init, { onAbort: (run) => onAbort(signal ?? undefined, () => run(signal?.reason)) });
  };
  const close = () => {
    settings.idleTimeoutMs = 0;
    for (const kept of own.values()) {
      // Connections that become idle from now on are closed.
      Object.assign(kept, { keepAlive: false });
      for (const socket of Object.values(kept.freeSockets).flat()) socket?.destroy();
    }
  };
  Object.defineProperty(fetch, interruptibleFetch, { value: { fetch, send: start } });
  return Object.assign(fetch, { close, [Symbol.asyncDispose]: async () => close() });
}
