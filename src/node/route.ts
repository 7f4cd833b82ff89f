import { type HttpProxy, hostOf, type ProxyRule } from "./proxy.js";

/** How an origin is reached. All requests to it share the connections. */
export interface Route {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly proxy: HttpProxy | undefined;
}

export function routeTo(target: URL, rule: ProxyRule): Route {
  const secure = target.protocol === "https:";
  return { secure, host: hostOf(target), port: Number(target.port || (secure ? 443 : 80)), proxy: rule(target) };
}

/** A proxy for plain HTTP reads the requests; through one for HTTPS there is a tunnel. */
export function readingProxy({ secure, proxy }: Route): HttpProxy | undefined {
  return secure ? undefined : proxy;
}
