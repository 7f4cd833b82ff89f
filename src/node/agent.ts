import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import { isLoopback } from "../wrappers/options.js";
import { longestTimerMs } from "../wrappers/timeout.js";

/** For each connection, a function that returns whether its current request expects bytes now. `undefined` between two requests. */
const expectations = /* @__PURE__ */ new WeakMap<Duplex, (() => boolean) | undefined>();

/**
 * Assigns a connection to a request, or, without `expectsData`, marks it as unused. From now on, unexpected bytes close the connection. Returns whether
 * the connection was not watched before.
 */
export function watch(socket: Duplex, expectsData?: () => boolean): boolean {
  const isNew = !expectations.has(socket);
  expectations.set(socket, expectsData);
  if (!isNew) return false;
  // Runs before Node's parser. An agent of the caller's may share the connection with other code: a second listener shows that the bytes belong to
  // a request of that code.
  socket.prependListener("data", () => {
    if (!(expectations.get(socket)?.() ?? socket.listenerCount("data") > 1)) socket.destroy();
  });
  // Between two requests nothing else listens for errors, and an error without a listener would end the process.
  socket.on("error", () => undefined);
  return true;
}

export type AgentSettings = { maxSockets: number; idleTimeoutMs: number; secureContext: tls.SecureContext | undefined };

/** Node's agent with our settings, for one origin. */
export function createAgent({ protocol, hostname }: URL, settings: AgentSettings): HttpAgent {
  const { idleTimeoutMs, maxSockets, secureContext } = settings;
  // Requests to this machine may be unencrypted, so they must not leave it through a proxy. Under CGI, HTTP_PROXY is set by a request header, so it
  // cannot be trusted.
  const variables = { ...process.env, ...(process.env.REQUEST_METHOD && { HTTP_PROXY: "" }) };
  const proxyEnv = isLoopback(hostname) ? undefined : variables;
  const options = { keepAlive: idleTimeoutMs > 0, maxSockets, proxyEnv, ...(secureContext && { secureContext }) };
  const agent = protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  // Node's own method joins some twenty TLS options, which are the same for every request here.
  agent.getName = () => hostname;
  // Node closes an idle connection after the option `timeout`, or one second before the server's own limit. The option is set only for idle
  // connections: set on the agent itself, it would also limit requests.
  const timeout = idleTimeoutMs > longestTimerMs ? 0 : idleTimeoutMs;
  const keeper = Object.create(agent, { options: { value: { timeout } } }) as HttpAgent;
  agent.keepSocketAlive = (socket) => HttpAgent.prototype.keepSocketAlive.call(keeper, socket);
  return agent;
}

/** Adds certificates to those that Node trusts by default. Called once per `fetch`, because parsing takes milliseconds. */
export function addTrustedCertificates(ca: string | readonly string[]): tls.SecureContext {
  // Newer versions of Node list the certificates that they trust, including those added by the environment and the system.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return tls.createSecureContext({ ca: [getCACertificates?.("default") ?? tls.rootCertificates, ca].flat(2) });
}

let hasWarned = false;

/** Warns once when an environment variable names a proxy and this version's agent ignores it: traffic must not bypass a proxy silently. */
export function warnOfIgnoredProxy(): void {
  // The flag and the agent's option came in the same versions of Node.
  const isSupported = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");
  // Even then, the agent ignores a proxy address without `http://` or `https://`, such as that of a SOCKS proxy.
  const isIgnored = (address = "") => address !== "" && (!isSupported || !/^https?:\/\//.test(address));
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
  const name = names.find((variable) => isIgnored(process.env[variable]));
  if (name === undefined || hasWarned) return;
  hasWarned = true;
  const what = `the HTTP agent of Node ${process.version} ignores ${name}, so that requests bypass the proxy`;
  process.emitWarning(`${what}. Pass createNodeFetch({ agent }), as docs/proxies.md of sfc-preview-sdk shows.`);
}
