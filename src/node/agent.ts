import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import { isLoopback } from "../wrappers/options.js";
import { longestTimerMs } from "../wrappers/timeout.js";

/** Of each connection: what the request that has it says about bytes, whether they are expected now. */
const expectations = /* @__PURE__ */ new WeakMap<Duplex, (() => boolean) | undefined>();

/** Gives a connection to a request. From now on, bytes that are not expected close the connection. Returns whether it is new here. */
export function watch(socket: Duplex, expectsData: () => boolean): boolean {
  const isNew = !expectations.has(socket);
  expectations.set(socket, expectsData);
  if (!isNew) return false;
  // Before Node's parser. On a caller's agent, a second listener shows that the bytes are for another program's request.
  socket.prependListener("data", () => {
    if (!(expectations.get(socket)?.() ?? socket.listenerCount("data") > 1)) socket.destroy();
  });
  // Between two requests no one else listens, and an error without a listener ends the process.
  socket.on("error", () => undefined);
  return true;
}

/** The request that had the connection has ended. */
export function release(socket: Duplex): void {
  expectations.set(socket, undefined);
}

export type AgentSettings = { maxSockets: number; idleTimeoutMs: number; secureContext: tls.SecureContext | undefined };

/** Node's agent with our settings, for one origin. */
export function createAgent({ protocol, hostname }: URL, settings: AgentSettings): HttpAgent {
  const { idleTimeoutMs, maxSockets, secureContext } = settings;
  // What goes to this machine, perhaps without encryption, must not leave it. Under CGI, HTTP_PROXY is a header of the client that sent the request.
  const variables = { ...process.env, ...(process.env.REQUEST_METHOD && { HTTP_PROXY: "" }) };
  const proxyEnv = isLoopback(hostname) ? undefined : variables;
  const options = { keepAlive: idleTimeoutMs > 0, maxSockets, proxyEnv, ...(secureContext && { secureContext }) };
  const agent = protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  // Node's own joins some twenty TLS options, which are the same for every request here.
  agent.getName = () => hostname;
  // Node closes a kept connection after the option `timeout`, and a second before the server's own limit. The agent's own option would also limit requests.
  const timeout = idleTimeoutMs > longestTimerMs ? 0 : idleTimeoutMs;
  const keeper = Object.create(agent, { options: { value: { timeout } } }) as HttpAgent;
  agent.keepSocketAlive = (socket) => HttpAgent.prototype.keepSocketAlive.call(keeper, socket);
  return agent;
}

/** Certificates to trust besides the usual ones. Parsed once: that takes milliseconds. */
export function trustAlso(ca: string | readonly string[]): tls.SecureContext {
  // Newer versions of Node can say what they trust, with what the environment and the system add to it.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return tls.createSecureContext({ ca: [getCACertificates?.("default") ?? tls.rootCertificates, ca].flat(2) });
}

let hasWarned = false;

/** Traffic must not bypass a proxy silently: warns, once, when a variable names one and this Node's agent ignores it. */
export function warnOfIgnoredProxy(): void {
  const read: unknown[] = [];
  // An agent that supports the variables looks at them when it is made.
  new HttpAgent({ proxyEnv: new Proxy({}, { get: (_, variable) => void read.push(variable) }) } as object);
  // It ignores an address of another protocol, such as that of a SOCKS proxy, and one without a protocol.
  const isIgnored = (address = "") => address !== "" && (read.length === 0 || !/^https?:\/\//.test(address));
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
  const name = names.find((variable) => isIgnored(process.env[variable]));
  if (name === undefined || hasWarned) return;
  hasWarned = true;
  const what = `the HTTP agent of Node ${process.version} ignores ${name}, so that requests bypass the proxy`;
  process.emitWarning(`${what}. Pass createNodeFetch({ agent }), as docs/proxies.md of sfc-preview-sdk shows.`);
}
