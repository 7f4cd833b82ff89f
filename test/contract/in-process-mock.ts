import { createRequire } from "node:module";

/** The parts of Prism that this file uses. Prism publishes no types for them. */
interface Prism {
  getHttpOperationsFromSpec(document: object): Promise<unknown[]>;
  createServer(operations: unknown[], options: object): PrismServer;
  createLogger(name: string, options: object): unknown;
}

interface PrismServer {
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}

/** The values that `prism mock` sets. */
const SETTINGS = {
  isProxy: false,
  validateRequest: true,
  validateResponse: true,
  checkSecurity: true,
  errors: false,
  mock: { dynamic: false, ignoreExamples: false },
};

let loaded: Prism | undefined;

/** Prism's internal modules, resolved from its command line. Loading them takes two seconds once, instead of for each description. */
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
  /** Forwards further requests to another server. */
  forwardTo(upstream: string): void;
}

/** Starts the mock server of a description without a process of its own. */
export function startInProcessMock(document: object): Promise<InProcessServer> {
  return startInProcess(document, SETTINGS);
}

/** Starts a proxy that checks requests and responses against a description. As with `--errors` of the command, a violation replaces the response. */
export async function startInProcessProxy(document: object, upstream: string): Promise<InProcessProxy> {
  const config = { ...SETTINGS, isProxy: true, upstream: new URL(upstream), errors: true };
  const server = await startInProcess(document, config);
  const forwardTo = (next: string) => {
    // Prism reads its settings again for each request.
    config.upstream = new URL(next);
  };
  return { ...server, forwardTo };
}

const readOnce = new WeakMap<object, Promise<unknown[]>>();

/** Prism's operations of a description, loaded once for all servers, because Prism compiles the schemas of each on first use. */
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
