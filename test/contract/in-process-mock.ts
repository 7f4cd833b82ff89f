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

/** The mock server of a description, without a process of its own. */
export function startInProcessMock(document: unknown): Promise<{ url: string; close(): Promise<void> }> {
  return startInProcess(document, SETTINGS);
}

/** A proxy that checks requests and responses against a description; `--errors` of the command, so a violation replaces the response. */
export function startInProcessProxy(document: unknown, upstream: string): ReturnType<typeof startInProcessMock> {
  return startInProcess(document, { ...SETTINGS, isProxy: true, upstream: new URL(upstream), errors: true });
}

async function startInProcess(document: unknown, config: object) {
  const { getHttpOperationsFromSpec, createServer, createLogger } = loadPrism();
  const operations = await getHttpOperationsFromSpec(structuredClone(document) as object);
  const logger = createLogger("mock", { level: "silent" });
  const server = createServer(operations, { cors: true, config, components: { logger } });
  return { url: await server.listen(0, "127.0.0.1"), close: () => server.close() };
}
