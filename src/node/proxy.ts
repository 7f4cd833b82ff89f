import { UsageError } from "../wrappers/errors.js";
import { isLoopback, readNoProxy } from "./no-proxy.js";

/** A proxy, without what it must not show. */
export interface HttpProxy {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The value of `proxy-authorization`. */
  readonly authorization: string | undefined;
}

/** Which proxy a request goes through, if any. */
export type ProxyRule = (target: URL) => HttpProxy | undefined;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The rule of the option, or of the environment when there is none. Throws `UsageError` for an address that is none. */
export function proxyRule(option: string | false | undefined, environment: Environment): ProxyRule {
  if (option === false) return () => undefined;
  const rule = option === undefined ? ruleOf(environment) : always(parseProxy("options.proxy", option));
  // The token may go to this machine without encryption because it does not leave it; through a proxy it would.
  return (target) => (isLoopback(hostOf(target)) ? undefined : rule(target));
}

function ruleOf(environment: Environment): ProxyRule {
  const read = (...names: string[]) => {
    const name = names.find((candidate) => environment[candidate]);
    return name === undefined ? undefined : parseProxy(name, environment[name] ?? "");
  };
  const forHttps = read("https_proxy", "HTTPS_PROXY");
  // Under CGI, HTTP_PROXY is the header `Proxy` of whoever sent the request.
  const forHttp = environment.REQUEST_METHOD ? read("http_proxy") : read("http_proxy", "HTTP_PROXY");
  const isExempt = readNoProxy(environment.no_proxy || environment.NO_PROXY || "");
  return (target) => (isExempt(target) ? undefined : target.protocol === "https:" ? forHttps : forHttp);
}

const always =
  (proxy: HttpProxy): ProxyRule =>
  () =>
    proxy;

/** Never quotes the address: it may hold a password. */
function parseProxy(field: string, text: string): HttpProxy {
  const url = parse(text.includes("://") ? text : `http://${text}`);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw new UsageError(field, "must be the http: or https: address of a proxy");
  const { username, password } = url;
  const secure = url.protocol === "https:";
  return {
    secure,
    host: hostOf(url),
    port: Number(url.port || (secure ? 443 : 80)),
    authorization: username || password ? basic(field, username, password) : undefined,
  };
}

function basic(field: string, username: string, password: string): string {
  try {
    return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`;
  } catch {
    throw new UsageError(field, "holds a name or a password that is not percent-encoded");
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** A host as sockets want it: an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
