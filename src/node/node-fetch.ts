import { dialWith } from "./dial.js";
import { becomeResponse } from "./node-response.js";
import { type NodeFetch, type NodeFetchOptions, readOptions } from "./options.js";
import { readAddress, readRequest } from "./outgoing.js";
import { Pool } from "./pool.js";
import { proxyRule } from "./proxy.js";
import { type Route, routeTo } from "./route.js";
import { send } from "./send.js";
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
