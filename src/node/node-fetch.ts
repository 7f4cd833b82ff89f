import type { Socket } from "node:net";
import { onAbort } from "../wrappers/abort.js";
import { dialWith } from "./dial.js";
import { exchangeOn } from "./exchange.js";
import { neverSent } from "./failure.js";
import { keepFor } from "./keep.js";
import { becomeResponse } from "./node-response.js";
import { type NodeFetch, type NodeFetchOptions, readOptions } from "./options.js";
import { type Outgoing, readAddress, readRequest } from "./outgoing.js";
import { Pool } from "./pool.js";
import { proxyRule } from "./proxy.js";
import { type Route, routeTo } from "./route.js";
import { trustedBesides } from "./trust.js";

/**
 * A `fetch` over Node's own `http` and `https`, for clients that call often: `new SfcClient({ fetch: createNodeFetch() })`. It keeps connections, goes through
 * the proxy that the environment names, and hands redirects back as they are.
 *
 * It has no time limits but the one on connecting; the client's hold.
 */
export function createNodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  becomeResponse();
  const settings = readOptions(options);
  const { idleTimeoutMs } = settings;
  const rule = proxyRule(settings.proxy, process.env);
  const dial = dialWith(trustedBesides(settings.ca));
  const origins = new Map<string, Origin>();
  let closed = false;

  const originOf = (url: URL): Origin => {
    const known = origins.get(url.origin);
    if (known !== undefined) return known;
    const route = routeTo(url, rule);
    const origin = { route, pool: new Pool(route, dial, settings) };
    if (closed) origin.pool.close();
    origins.set(url.origin, origin);
    return origin;
  };

  // Not `async`: each promise around another one costs three turns.
  const fetch = (address: string, init: RequestInit = {}): Promise<Response> => {
    try {
      const url = readAddress(address);
      const { route, pool } = originOf(url);
      init.signal?.throwIfAborted();
      return send(pool, readRequest(url, init, route), init.signal ?? undefined, idleTimeoutMs);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const close = () => {
    closed = true;
    for (const { pool } of origins.values()) pool.close();
  };
  return Object.assign(fetch, { close });
}

interface Origin {
  readonly route: Route;
  readonly pool: Pool;
}

/** Sends on the next connection that is free. The signal ends whatever is under way; nothing listens to it afterwards. */
function send(
  pool: Pool,
  outgoing: Outgoing,
  signal: AbortSignal | undefined,
  idleTimeoutMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let stop: (reason: unknown) => void;
    const forget = onAbort(signal, () => stop(signal?.reason));
    const fail = (error: unknown) => {
      forget();
      reject(error);
    };
    const ends = {
      answered: resolve,
      failed: reject,
      settled: forget,
      over: (socket: Socket, hint: string | undefined) => pool.release(socket, keepFor(hint, idleTimeoutMs)),
    };
    const take = (socket: Socket) => {
      try {
        stop = exchangeOn(socket, outgoing, ends);
      } catch (error) {
        socket.destroy();
        fail(neverSent(error));
      }
    };
    let cancel: () => void = () => undefined;
    stop = (reason) => {
      cancel();
      if (outgoing.content instanceof ReadableStream) outgoing.content.cancel(reason).catch(() => undefined);
      fail(reason);
    };
    cancel = pool.acquire({ take, fail });
  });
}
