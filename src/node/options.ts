import { UsageError } from "../wrappers/errors.js";
import { type Runtime, systemRuntime } from "../wrappers/options.js";

/** How connections are made and kept. Everything has a default. */
export interface NodeFetchOptions {
  /** Connections to one origin at the same time; a request beyond them waits for one that gets free. @default 64 */
  maxConnections?: number | undefined;
  /**
   * Milliseconds an unused connection is kept. A server that announces its own limit (`Keep-Alive: timeout`) is believed instead, less a second and at most
   * five minutes.
   * @default 4000
   */
  idleTimeoutMs?: number | undefined;
  /**
   * Milliseconds until a connection must stand, name lookup, proxy and TLS included. Nothing has been sent by then, so the client may try again
   * whatever the operation.
   * @default 10000
   */
  connectTimeoutMs?: number | undefined;
  /**
   * The address of an HTTP proxy, which may hold a name and a password; `false`: none. Loopback addresses are never asked for through a proxy.
   * @default what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (or the same in lower case) say when the function is made
   */
  proxy?: string | false | undefined;
  /** Certificates, as PEM, to trust besides the usual ones: a company's own, or those of a test. */
  ca?: string | readonly string[] | undefined;
  /** Clock and timers, for tests that must not wait. @default the system's */
  runtime?: Partial<Runtime> | undefined;
}

/** A `fetch` for `SfcClient`'s option of that name. */
export interface NodeFetch {
  (url: string, init: RequestInit): Promise<Response>;
  /** Closes connections that are not in use now, and the others after their answer. A request made later has a connection to itself. */
  close(): void;
}

/** The options, complete and checked. */
export interface NodeFetchSettings {
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly proxy: string | false | undefined;
  readonly ca: readonly string[];
  readonly runtime: Runtime;
}

export function readOptions(options: NodeFetchOptions): NodeFetchSettings {
  const { maxConnections = 64, idleTimeoutMs = 4_000, connectTimeoutMs = 10_000, proxy, ca = [], runtime } = options;
  if (!(Number.isSafeInteger(maxConnections) && maxConnections > 0))
    throw new UsageError("options.maxConnections", "must be a positive whole number");
  if (!(idleTimeoutMs >= 0)) throw new UsageError("options.idleTimeoutMs", "must be 0 or more milliseconds");
  if (!(connectTimeoutMs > 0)) throw new UsageError("options.connectTimeoutMs", "must be more than 0 milliseconds");
  return {
    maxConnections,
    idleTimeoutMs,
    connectTimeoutMs,
    proxy,
    ca: typeof ca === "string" ? [ca] : ca,
    runtime: { ...systemRuntime, ...runtime },
  };
}
