import { createRequire } from "node:module";

/** What this file uses of Prism, which publishes no types for it. */
interface Prism {
  getHttpOperationsFromSpec(document: object): Promise<unknown[]>;
  createServer(operations: unknown[], options: object): PrismServer;
  createLogger(name: string, options: object): unknown;
}

interface PrismServer {
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}

/** As `prism mock` sets them. */
const SETTINGS = {
  isProxy: false,
  validateRequest: true,
  validateResponse: true,
  checkSecurity: true,
  errors: false,
  mock: { dynamic: false, ignoreExamples: false },
};

let loaded: Prism | undefined;

/** Prism's own parts, found from where its command line finds them: two seconds once, not for each description. */
function loadPrism(): Prism {
  const ofCommand = createRequire(createRequire(import.meta.url).resolve("@stoplight/prism-cli/package.json"));
  const parts = ["@stoplight/prism-http", "@stoplight/prism-http-server", "@stoplight/prism-core"];
  loaded ??= Object.assign({}, ...parts.map((part) => ofCommand(part))) as Prism;
  return loaded;
}

export interface InProcessServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface InProcessProxy extends InProcessServer {
  /** Sends what comes from now on to another server. */
  forwardTo(upstream: string): void;
}

/** The mock server of a description, without a process of its own. */
export function startInProcessMock(document: object): Promise<InProcessServer> {
  return startInProcess(document, SETTINGS);
}

/** A proxy that checks requests and responses against a description; `--errors` of the command, so a violation replaces the response. */
export async function startInProcessProxy(document: object, upstream: string): Promise<InProcessProxy> {
  const config = { ...SETTINGS, isProxy: true, upstream: new URL(upstream), errors: true };
  const server = await startInProcess(document, config);
  const forwardTo = (next: string) => {
    // Prism reads its settings anew for each request.
    config.upstream = new URL(next);
  };
  return { ...server, forwardTo };
}

const readOnce = new WeakMap<object, Promise<unknown[]>>();

/** What Prism makes of a description, once for all servers: it compiles the schemas of each of these when they are first used. */
function operationsOf(document: object): Promise<unknown[]> {
  const operations = readOnce.get(document) ?? loadPrism().getHttpOperationsFromSpec(structuredClone(document));
  readOnce.set(document, operations);
  return operations;
}

async function startInProcess(document: object, config: object): Promise<InProcessServer> {
  const { createServer, createLogger } = loadPrism();
  const logger = createLogger("mock", { level: "silent" });
  const server = createServer(await operationsOf(document), { cors: true, config, components: { logger } });
  return { url: await server.listen(0, "127.0.0.1"), close: () => server.close() };
}
