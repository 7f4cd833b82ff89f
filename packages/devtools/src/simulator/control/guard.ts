import type { Context } from "hono";
import type { ServerEnv } from "../http/send.js";

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Returns why a control call is refused, or `undefined` if it is not. A web page must not control a simulator on its visitor's machine, so `Host` and
 * `Origin`, if present, must name this machine. Calls of `simulator.fetch` have no `Host`.
 */
export function refuseForeign(c: Context<ServerEnv>): string | undefined {
  const host = c.req.header("host");
  if (host !== undefined && !loopback.test(host)) return `the Host header must name this machine, not "${host}"`;
  const origin = c.req.header("origin");
  if (origin === undefined || loopback.test(origin.replace(/^https?:\/\//, ""))) return undefined;
  return `the Origin header must name this machine, not "${origin}"`;
}

export function hasToken(c: Context<ServerEnv>, token: string): boolean {
  return /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] === token;
}
