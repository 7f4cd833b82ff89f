import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Operation } from "../../src/operation.js";
import { type PagedList, pagedList } from "../support/paged-list.js";
import { startElsewhere } from "./elsewhere.js";
import type { Commits, Reply } from "./fault.js";
import { faultNamed, replyProperly } from "./faults.js";
import { createLedger, type Ledger } from "./ledger.js";
import { type ListFault, listFaultNamed } from "./list-faults.js";

/** The header with the name of the fault that a request causes. */
export const faultHeader = "x-fault";
/** The header with the name of the fault that the pages of a list have. */
export const listFaultHeader = "x-list-fault";

/** A request that the server received. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly fault: string | undefined;
}

/** A service on loopback that records its writes correctly, and misbehaves when a header of the request demands it. */
export interface FaultServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Requests that were received by the origin to which redirects point. */
  readonly elsewhere: string[];
  ledger(): Ledger;
  /** Forgets everything, and sets the page sizes of the lists. */
  reset(pageSizes?: readonly number[]): void;
  /** Calls the listener when a request will get no response. */
  onStall(listener: () => void): void;
  /** Calls the listener when a fault advances the clock. */
  onPass(listener: (ms: number) => void): void;
  /** Executes all received writes that it has not executed yet. */
  catchUp(): void;
  /** The number of connections in the middle of a request. A spare connection that was never used is not counted. */
  busySockets(): Promise<number>;
  close(): Promise<void>;
}

/** A write that is executed after the client has given up on it. */
interface LateCommit {
  readonly when: Commits;
  readonly commit: () => unknown;
}

export async function startFaultServer(operations: readonly Operation[]): Promise<FaultServer> {
  const elsewhere = await startElsewhere();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let ledger = createLedger();
  let list = pagedList([]);
  let stalled: () => void = () => undefined;
  let pass: (ms: number) => void = () => undefined;
  let late: LateCommit[] = [];
  const catchUp = (which: (commit: LateCommit) => boolean) => {
    const due = late.filter(which);
    late = late.filter((commit) => !due.includes(commit));
    for (const { commit } of due) commit();
  };

  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const name = headers[faultHeader] as string | undefined;
    requests.push({ method, url, headers, fault: name });
    const fault = name === undefined ? undefined : faultNamed(name);
    const body = fault?.early ? "" : await bodyOf(request);
    const operation = operationFor(operations, method, url);
    const commit = () => replyTo(operation, request, body, ledger, list);
    catchUp(({ when }) => when === "late, before the next request");
    const overdue = late;
    const commits = fault === undefined || fault.commits === true;
    let reply: Reply = commits ? commit() : { status: 200, body: { object: "thing" } };
    const again = fault?.delivers === undefined ? reply : commit();
    if (fault?.delivers === "twice, second response") reply = again;
    catchUp((commit) => overdue.includes(commit));
    if (fault !== undefined && typeof fault.commits === "string") late.push({ when: fault.commits, commit });
    if (fault === undefined) replyProperly({ response, reply });
    else if (fault.play !== "refuse") fault.play({ request, response, reply, elsewhere: elsewhere.url, stalled, pass });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  // By default, Node closes sockets that are idle for five seconds of real time.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    elsewhere: elsewhere.requests,
    ledger: () => ledger,
    catchUp: () => catchUp(() => true),
    reset: (pageSizes = []) => {
      late = [];
      requests.length = 0;
      elsewhere.requests.length = 0;
      ledger = createLedger();
      list = pagedList(pageSizes);
    },
    onStall: (listener) => {
      stalled = listener;
    },
    onPass: (listener) => {
      pass = listener;
    },
    busySockets: async () => {
      const busy = () => [...sockets].filter(({ bytesRead }) => bytesRead > 0).length;
      // Both sides need several turns to close a socket. A socket that is stuck stays open after any number of turns.
      for (let turn = 0; turn < 500 && busy() > 0; turn++) {
        server.closeIdleConnections();
        await new Promise((resolve) => setImmediate(resolve));
      }
      return busy();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await elsewhere.close();
    },
  };
}

function replyTo(
  operation: Operation,
  { url = "", headers }: IncomingMessage,
  body: string,
  ledger: Ledger,
  list: PagedList,
): Reply {
  const { pathname: path, searchParams } = new URL(url, "http://service");
  const isList = operation.paging !== undefined && operation.paging !== "seqnum";
  if (!isList) return ledger.commit(operation, { path, body, key: headers["idempotency-key"] as string | undefined });
  const sabotage = headers[listFaultHeader] as string | undefined;
  const fault: ListFault | undefined = sabotage === undefined ? undefined : listFaultNamed(sabotage);
  const page = list.reply(searchParams);
  return { status: 200, body: fault ? fault.spoil(page, list, searchParams) : page };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The operation of a request. Literal paths take precedence over templates. */
function operationFor(operations: readonly Operation[], method: string, url: string): Operation {
  const path = url.split("?")[0] ?? "";
  const fits = operations.filter((operation) => operation.method === method && templateFits(operation.path, path));
  const [best] = fits.sort((a, b) => a.path.split("{").length - b.path.split("{").length);
  if (best === undefined) throw new Error(`no operation is ${method} ${url}`);
  return best;
}

function templateFits(template: string, path: string): boolean {
  const [parts, given] = [template.split("/"), path.split("/")];
  return parts.length === given.length && parts.every((part, i) => part.startsWith("{") || part === given[i]);
}
