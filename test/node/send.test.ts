import { describe, expect, test } from "vitest";
import { createCaller } from "../../src/wrappers/call.js";
import { systemError, wasNeverSent } from "../../src/wrappers/retry.js";
import { refusedPort } from "../faults/refused-port.js";
import { countingSignal } from "../support/counting-signal.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { outcomeOf, turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { nodeFetch } from "./make.js";
import { serve, serveBytes, until } from "./server.js";

const token = "sk_live_t0ken";
const init = { method: "POST", body: "{}", headers: { authorization: `Bearer ${token}` } };

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await outcomeOf(promise);
  if (!("error" in outcome)) throw new Error("it did not fail");
  return outcome.error as Error;
}

describe("a request that was certainly never sent is reported as such", () => {
  test.each(["127.0.0.1", "[::1]", "localhost"])("when the connection is refused by %s", async (host) => {
    const error = await errorOf(nodeFetch()(`http://${host}:${await refusedPort()}/`, init));
    expect(systemError(error)).toMatchObject({ name: "TypeError", code: "ECONNREFUSED", syscall: "connect" });
    expect(wasNeverSent(error)).toBe(true);
  });

  test("when the host name is unknown", async () => {
    const error = await errorOf(nodeFetch()("http://nowhere.invalid/", init));
    expect(systemError(error).code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(wasNeverSent(error)).toBe(true);
  });

  test("when the TLS handshake fails", async () => {
    const { url } = await serveBytes((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = await errorOf(nodeFetch()(url.replace("http:", "https:"), init));
    expect(wasNeverSent(error)).toBe(true);
  });

  test("when no connection is established within connectTimeoutMs", async () => {
    const clock = virtualRuntime();
    // The server accepts the connection and never sends the first byte of TLS.
    const { url, connections } = await serveBytes(() => undefined);
    const failure = errorOf(
      nodeFetch({ connectTimeoutMs: 1_000, runtime: clock })(url.replace("http:", "https:"), init),
    );
    await until(() => connections.length === 1);
    clock.advance(999);
    await turns();
    clock.advance(1);
    const error = await failure;
    expect(systemError(error)).toMatchObject({ code: "ETIMEDOUT" });
    expect(wasNeverSent(error)).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    await until(() => connections[0]?.closed === true);
  });
});

describe("a request that may have arrived is never reported as unsent, and its error quotes nothing", () => {
  const quoting = (what: string) => `${what} ${init.headers.authorization}`;
  const breaks: [string, string | undefined, string][] = [
    ["a close before the response", undefined, "ECONNRESET"],
    ["something that is not HTTP", quoting("SMTP"), "HPE_INVALID_CONSTANT"],
    ["a broken header", `HTTP/1.1 200 OK\r\n${quoting("x")}\r\n\r\n`, "HPE_INVALID_HEADER_TOKEN"],
    ["an invalid length", "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "HPE_INVALID_CONTENT_LENGTH"],
    ["a head without an end", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}`, "HPE_HEADER_OVERFLOW"],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", "ECONNRESET"],
  ];

  test.each(breaks)("%s, before the headers", async (_, bytes, code) => {
    const { url } = await serveBytes((socket) => (bytes === undefined ? socket.destroy() : socket.write(bytes)));
    const { signal, listeners } = countingSignal();
    const error = await errorOf(nodeFetch()(url, { ...init, signal }));
    expect(systemError(error)).toEqual({ name: "TypeError", code });
    expect(wasNeverSent(error)).toBe(false);
    expect(`${error.stack}${JSON.stringify(error)}${JSON.stringify(error.cause)}`).not.toContain(token);
    expect(listeners()).toBe(0);
  });

  test("a reset before the headers", async () => {
    const { url } = await serveBytes((socket) => socket.resetAndDestroy());
    const error = await errorOf(nodeFetch()(url, init));
    expect(systemError(error)).toEqual({ name: "TypeError", code: "ECONNRESET" });
    expect(wasNeverSent(error)).toBe(false);
  });

  const cuts: [string, string, string, string][] = [
    ["a body that is too short", "content-length: 9", "half", "ECONNRESET"],
    ["chunks without an end", "transfer-encoding: chunked", "4\r\nhalf\r\n", "ECONNRESET"],
    ["a chunk with an invalid size", "transfer-encoding: chunked", "4\r\nhalf\r\nx\r\n", "HPE_INVALID_CHUNK_SIZE"],
  ];

  test.each(cuts)("%s, read as text and as a stream", async (_, header, body, code) => {
    const { url } = await serveBytes((socket) => void socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n${body}`));
    const { signal, listeners } = countingSignal();
    for (const read of [
      (response: Response) => response.text(),
      (response: Response) => new Response(response.body).text(),
    ]) {
      const error = await errorOf(nodeFetch()(url, { ...init, signal }).then(read));
      expect(systemError(error)).toEqual({ name: "TypeError", code });
      expect(listeners()).toBe(0);
    }
  });

  test("a body that fails before it is read throws when it is read", async () => {
    const { url } = await serveBytes((socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"));
    for (const read of ["text", "arrayBuffer"] as const) {
      const response = await nodeFetch()(url, init);
      await turns(20);
      expect(await errorOf(response[read]())).toMatchObject({ name: "TypeError" });
    }
  });

  test("a connection that the server closed while it was kept", async () => {
    // The server closes the connection when the second request has arrived. That looks like a close that happens while a request is sent.
    const { url, connections } = await serveBytes((socket, _, nth) =>
      nth === 1 ? socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n") : socket.resetAndDestroy(),
    );
    const fetch = nodeFetch();
    await (await fetch(url, init)).text();
    await turns();
    const error = await errorOf(fetch(url, init));
    expect(connections).toHaveLength(1);
    expect(systemError(error)).toEqual({ name: "TypeError", code: "ECONNRESET" });
    expect(wasNeverSent(error)).toBe(false);
  });

  test("a body that ends with the close of its connection is complete", async () => {
    const { url } = await serveBytes((socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nall of it"));
    expect(await (await nodeFetch()(url, init)).text()).toBe("all of it");
  });
});

describe("the signal ends a request with its reason, and is not used afterwards", () => {
  const reason = new Error("enough");
  const silent = () => serve((_, response) => void response.writeHead(200, { "content-length": 9 }).write("half"));

  test("before it is started", async () => {
    const { url, connections } = await silent();
    expect(await errorOf(nodeFetch()(url, { ...init, signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(connections).toHaveLength(0);
  });

  test("with an AbortError when it has no reason", async () => {
    const { url } = await silent();
    expect(await errorOf(nodeFetch()(url, { signal: AbortSignal.abort() }))).toMatchObject({ name: "AbortError" });
  });

  test("while it connects", async () => {
    const { url, connections } = await serveBytes(() => undefined);
    const { signal, abort, listeners } = countingSignal();
    const failure = errorOf(nodeFetch()(url.replace("http:", "https:"), { ...init, signal }));
    await until(() => connections.length === 1);
    abort();
    expect(await failure).toBe(signal.reason);
    expect(listeners()).toBe(0);
    await until(() => connections[0]?.closed === true);
  });

  test("while it waits for a connection", async () => {
    const { url, connections } = await serve(() => undefined);
    const fetch = nodeFetch({ maxConnections: 1 });
    const first = new AbortController();
    const occupying = errorOf(fetch(url, { signal: first.signal }));
    const { signal, abort, listeners } = countingSignal();
    const failure = errorOf(fetch(url, { ...init, signal }));
    await until(() => connections.length === 1);
    abort();
    expect(await failure).toBe(signal.reason);
    expect(listeners()).toBe(0);
    first.abort(reason);
    expect(await occupying).toBe(reason);
    expect(connections).toHaveLength(1);
  });

  test("while it sends", async () => {
    const { url, connections } = await serveBytes(() => undefined);
    const { signal, abort, listeners } = countingSignal();
    let cancelledWith: unknown;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: (why) => {
        cancelledWith = why ?? "cancelled";
      },
    });
    const failure = errorOf(nodeFetch()(url, { method: "PUT", body, signal }));
    await until(() => (connections[0]?.bytesRead ?? 0) > 0);
    abort();
    expect(await failure).toBe(signal.reason);
    expect(listeners()).toBe(0);
    await until(() => connections[0]?.closed === true && cancelledWith !== undefined);
  });

  test("while it waits for the response", async () => {
    let asked = false;
    const { url, connections } = await serve(() => {
      asked = true;
    });
    const { signal, abort, listeners } = countingSignal();
    const failure = errorOf(nodeFetch()(url, { ...init, signal }));
    await until(() => asked);
    abort();
    expect(await failure).toBe(signal.reason);
    expect(listeners()).toBe(0);
    await until(() => connections[0]?.closed === true);
  });

  test.each([
    ["as text", (response: Response) => response.text()],
    ["as a stream", (response: Response) => new Response(response.body).text()],
  ])("while the body arrives, read %s", async (_, read) => {
    const { url, connections } = await silent();
    const { signal, abort, listeners } = countingSignal();
    const response = await nodeFetch()(url, { ...init, signal });
    const failure = errorOf(read(response));
    await turns();
    abort();
    expect(await failure).toBe(signal.reason);
    expect(listeners()).toBe(0);
    await until(() => connections[0]?.closed === true);
  });

  test("but does nothing once the response is complete, because another request may use the connection", async () => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const fetch = nodeFetch();
    const { signal, abort } = countingSignal();
    expect(await (await fetch(url, { signal })).text()).toBe("ok");
    const next = fetch(url, {});
    abort();
    expect(await (await next).text()).toBe("ok");
    expect(connections).toHaveLength(1);
  });

  test("with one listener for any number of requests", async () => {
    const { url } = await serve((_, response) => void response.end("ok"));
    const { signal, listeners, mostListeners } = countingSignal();
    const fetch = nodeFetch();
    await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url, { signal })).text()));
    expect([mostListeners(), listeners()]).toEqual([1, 0]);
  });
});

describe("a write that is ended by a limit was not sent", () => {
  const { unsafe } = sampleOperations;
  const callerFor = (baseUrl: string, fetch: ReturnType<typeof nodeFetch>) => {
    const clock = virtualRuntime();
    return { clock, caller: createCaller({ baseUrl, token: "sk_live_any", fetch, runtime: clock, maxRetries: 0 }) };
  };
  const ends = ["timeoutMs", "deadlineMs", "signal"] as const;

  test.each(ends)("while it waited for a connection: %s", async (limit) => {
    const { url, connections } = await serveBytes(() => undefined);
    const fetch = nodeFetch({ maxConnections: 1 });
    const occupying = new AbortController();
    const first = outcomeOf(fetch(url, { signal: occupying.signal }));
    await until(() => connections.length === 1);
    const { caller, clock } = callerFor(url, fetch);
    const controller = new AbortController();
    const options = limit === "signal" ? { signal: controller.signal } : { [limit]: 1_000 };
    const call = errorOf(caller.call(unsafe, inputFor(unsafe), options));
    await turns(20);
    if (limit === "signal") controller.abort();
    else clock.advance(1_000);
    expect(await call).toMatchObject({ ambiguous: false, attempts: 1 });
    occupying.abort();
    await first;
  });

  test.each(ends)("in the TLS handshake: %s", async (limit) => {
    const { url, connections } = await serveBytes(() => undefined);
    const { caller, clock } = callerFor(url.replace("http:", "https:"), nodeFetch());
    const controller = new AbortController();
    const options = limit === "signal" ? { signal: controller.signal } : { [limit]: 1_000 };
    const call = errorOf(caller.call(unsafe, inputFor(unsafe), options));
    await until(() => (connections[0]?.bytesRead ?? 0) > 0);
    if (limit === "signal") controller.abort();
    else clock.advance(1_000);
    expect(await call).toMatchObject({ ambiguous: false, attempts: 1 });
  });

  test("but is ambiguous once it was sent", async () => {
    const { url, connections } = await serveBytes(() => undefined);
    const { caller, clock } = callerFor(url, nodeFetch());
    const call = errorOf(caller.call(unsafe, inputFor(unsafe), { timeoutMs: 1_000 }));
    await until(() => (connections[0]?.bytesRead ?? 0) > 0);
    clock.advance(1_000);
    expect(await call).toMatchObject({ ambiguous: true, attempts: 1 });
  });
});
