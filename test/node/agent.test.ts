import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { Agent, type ClientRequest, get } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createAgent } from "../../src/node/agent.js";
import { createNodeFetch } from "../../src/node.js";
import { countingSignal } from "../support/counting-signal.js";
import { often } from "../support/long.js";
import { turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { nodeFetch } from "./make.js";
import { serve, serveBytes, until } from "./server.js";

/** The addresses to which this machine resolves the name: one or both. */
const addressesOfLocalhost = await lookup("localhost", { all: true });

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const textOf = async (promise: Promise<Response>) => (await promise).text();

describe("a connection is reused", () => {
  test("by consecutive requests without a turn of the event loop between them", async () => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const fetch = nodeFetch();
    for (let request = 0; request < 20; request++) await textOf(fetch(url, { method: "POST", body: "x" }));
    expect(connections).toHaveLength(1);
  });

  test("only by requests to its own origin", async () => {
    const first = await serve((_, response) => void response.end("first"));
    const second = await serve((_, response) => void response.end("second"));
    const fetch = nodeFetch();
    for (const { url } of [first, second, first, second]) await textOf(fetch(url, {}));
    expect([first.connections.length, second.connections.length]).toEqual([1, 1]);
  });

  test("until the server sends connection: close", async () => {
    const { url, connections } = await serve((_, response) => {
      response.writeHead(200, { connection: "close" }).end("ok");
    });
    const fetch = nodeFetch();
    for (let request = 0; request < 3; request++) await textOf(fetch(url, {}));
    expect(connections).toHaveLength(3);
  });

  test("unless the server closes it right after the response, despite keep-alive", async () => {
    const { url, connections } = await serveBytes((socket) => {
      socket.write(ok, () => socket.destroy());
    });
    const fetch = nodeFetch();
    for (let request = 0; request < 5; request++) expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
    expect(connections).toHaveLength(5);
  });

  test("unless unsolicited bytes arrived on it", async () => {
    const { url, connections } = await serveBytes((socket) => void socket.write(ok));
    const fetch = nodeFetch();
    expect(await textOf(fetch(url, {}))).toBe("ok");
    await turns(10);
    await new Promise((resolve) => connections[0]?.write(ok.replace("ok", "no"), resolve));
    await turns(10);
    expect(await textOf(fetch(url, {}))).toBe("ok");
    expect(connections).toHaveLength(2);
  });

  test("never when a second response followed the first", async () => {
    const { url, connections } = await serveBytes((socket) => void socket.write(ok + ok.replace("ok", "no")));
    const fetch = nodeFetch();
    for (let request = 0; request < 3; request++) expect(await textOf(fetch(url, {}))).toBe("ok");
    expect(connections).toHaveLength(3);
  });
});

describe("no more connections than maxConnections", () => {
  test("are open at the same time, and every request gets a connection in turn", async () => {
    let busy = 0;
    let most = 0;
    const { url, connections } = await serve(async (_, response) => {
      most = Math.max(most, ++busy);
      await turns(3);
      busy--;
      response.end("ok");
    });
    const fetch = nodeFetch({ maxConnections: 3 });
    const texts = await Promise.all(Array.from({ length: 20 }, () => textOf(fetch(url, {}))));
    expect(texts).toEqual(Array(20).fill("ok"));
    expect([most, connections.length]).toEqual([3, 3]);
  });

  test("are open, and one that breaks or is refused is replaced for a waiting request", async () => {
    const { url, connections } = await serveBytes((socket) => socket.resetAndDestroy());
    const fetch = nodeFetch({ maxConnections: 1 });
    const ends = await Promise.allSettled(Array.from({ length: 4 }, () => fetch(url, {})));
    expect(ends.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    expect(connections).toHaveLength(4);
    const refused = await Promise.allSettled(Array.from({ length: 4 }, () => fetch("http://127.0.0.1:1/", {})));
    expect(refused.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
  });

  test("are open, and one whose request is aborted is replaced too", async () => {
    let asked = 0;
    const { url } = await serve(({ url: path }, response) => {
      asked++;
      if (path !== "/stall") response.end("ok");
    });
    const fetch = nodeFetch({ maxConnections: 1 });
    const controller = new AbortController();
    const stalled = fetch(`${url}/stall`, { signal: controller.signal }).catch(() => "aborted");
    const next = textOf(fetch(url, {}));
    await until(() => asked === 1);
    controller.abort();
    expect([await stalled, await next]).toEqual(["aborted", "ok"]);
  });

  test.each([0, -1, 1.5, Number.NaN])(
    "are allowed, and maxConnections must be a positive integer, not %d",
    (maxConnections) => {
      expect(() => createNodeFetch({ maxConnections })).toThrow(expect.objectContaining({ name: "UsageError" }));
    },
  );
});

describe("an idle connection is kept", () => {
  /** How long a connection is kept, according to the timeout that Node sets when a socket returns to the agent. */
  async function keptFor(hint: string | undefined, idleTimeoutMs: number): Promise<number | undefined> {
    const { url } = await serve((_, response) => {
      response.shouldKeepAlive = true;
      response.sendDate = false;
      response.setHeader("connection", "keep-alive");
      if (hint !== undefined) response.setHeader("keep-alive", hint);
      response.end("ok");
    });
    const agent = createAgent(new URL(url), { maxSockets: 1, idleTimeoutMs, secureContext: undefined });
    onTestFinished(() => agent.destroy());
    const socket = await new Promise<Socket>((resolve) => {
      get({ agent, port: new URL(url).port }, (response) => {
        const { socket } = response;
        response.resume().on("close", () => resolve(socket));
      });
    });
    await until(() => socket.destroyed || Object.keys(agent.freeSockets).length > 0);
    return socket.destroyed ? undefined : socket.timeout;
  }

  const times: [string | undefined, number, number | undefined][] = [
    [undefined, 4_000, 4_000],
    ["timeout=5", 4_000, 4_000],
    ["timeout=60, max=100", 4_000, 4_000],
    ["timeout=3", 4_000, 2_000],
    ["timeout=1", 4_000, undefined],
    ["timeout=0", 4_000, undefined],
    ["timeout=soon", 4_000, 4_000],
    [undefined, 0, undefined],
    ["timeout=60", 0, undefined],
    [undefined, Number.POSITIVE_INFINITY, 0],
    [undefined, 2 ** 31, 0],
  ];

  test.each(times)(
    "with the Keep-Alive hint %s and idleTimeoutMs %d for %s ms, where 0 means no limit",
    async (hint, idleTimeoutMs, expected) => {
      expect(await keptFor(hint, idleTimeoutMs)).toBe(expected);
    },
  );

  test("no longer than its idle timeout, even without a further request", async () => {
    const { url, connections } = await serveBytes((socket) => void socket.write(ok));
    expect(await textOf(nodeFetch({ idleTimeoutMs: 1 })(url, {}))).toBe("ok");
    await until(() => connections[0]?.closed === true);
  });

  test("and checked before it is used, so that a closed connection is not used", async () => {
    let close = () => undefined as unknown;
    const { url, connections } = await serveBytes((socket) => {
      close = () => socket.destroy();
      socket.write(ok);
    });
    const fetch = nodeFetch();
    await textOf(fetch(url, {}));
    await turns();
    close();
    // The event loop has not turned since, so only the check before the request can detect the close.
    expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
    expect(connections).toHaveLength(2);
  });

  test("no longer than until close(), which closes idle connections at once and others after their response", async () => {
    let finish: (() => unknown) | undefined;
    const { url, connections } = await serve(({ url: path }, response) => {
      if (path === "/slow") finish = () => response.end("slow");
      else response.end("ok");
    });
    const fetch = nodeFetch();
    await Promise.all([textOf(fetch(url, {})), textOf(fetch(url, {}))]);
    const slow = textOf(fetch(`${url}/slow`, {}));
    await until(() => finish !== undefined);
    fetch.close();
    finish?.();
    expect(await slow).toBe("slow");
    await until(() => connections.every(({ closed }) => closed));
    expect(await textOf(fetch(url, {}))).toBe("ok");
    await until(() => connections.every(({ closed }) => closed));
  });
});

describe("hosts", () => {
  test.each(["127.0.0.1", "::1"])("an address such as %s is reached and sent as the host", async (host) => {
    const { url } = await serve(({ headers }, response) => void response.end(headers.host), host);
    expect(await textOf(nodeFetch()(url, {}))).toBe(new URL(url).host);
  });

  test.each(addressesOfLocalhost)(
    "localhost is reached when a server listens only on $address",
    async ({ address: host }) => {
      const { port } = await serve((_, response) => void response.end("ok"), host);
      expect(await textOf(nodeFetch()(`http://localhost:${port}`, {}))).toBe("ok");
    },
  );
});

/** Runs a program that must end without help. */
function run(program: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
    });
    child.on("close", (code) => resolve(`${code} ${said}`));
  });
}

describe("a process", () => {
  const start = `import { createNodeFetch } from ${JSON.stringify(new URL("../../src/node.ts", import.meta.url).href)};
    const fetch = createNodeFetch({ idleTimeoutMs: 300_000 });`;

  test("ends although connections are kept, but not before its responses were received", async () => {
    const { url } = await serve(async (_, response) => {
      await turns(50);
      response.end("ok");
    });
    const twice = `for (const _ of [1, 2]) fetch("${url}", {}).then((r) => r.text()).then((t) => process.stdout.write(t));`;
    expect(await run(start + twice)).toBe("0 okok");
  });
});

test("a request fails as never sent when its agent returns the same closed connection twice", async () => {
  let requests = 0;
  const { url } = await serve((_, response) => {
    requests += 1;
    response.end("ok");
  });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const fetch = nodeFetch({ agent });
  expect(await textOf(fetch(url, {}))).toBe("ok");
  await turns(4);
  const [kept] = Object.values(agent.freeSockets).flat();
  kept?.destroy();
  const { addRequest } = agent as unknown as { addRequest(request: ClientRequest, options: object): void };
  let asked = 0;
  const addSameSocket = (request: ClientRequest, options: object) => {
    asked += 1;
    // After 200 calls the agent returns a new connection, so that an endless loop ends too.
    if (kept && asked < 200) request.onSocket(kept);
    else addRequest.call(agent, request, options);
  };
  Object.assign(agent, { addRequest: addSameSocket });
  await expect(fetch(url, { method: "POST", body: "x" })).rejects.toMatchObject({
    name: "TypeError",
    cause: { code: "EPIPE", syscall: "connect", message: "the agent returned a closed connection twice" },
  });
  expect(asked).toBe(2);
  expect(requests).toBe(1);
});

test("a response that arrives before the request body was read releases its connection", async () => {
  const { url, connections } = await serveBytes((socket, _, nth) => {
    if (nth > 1) return;
    socket.pause();
    socket.write(ok);
  });
  const fetch = nodeFetch({ maxConnections: 1 });
  const body = new Uint8Array(32 * 1024 ** 2);
  for (let request = 0; request < 3; request++) expect(await textOf(fetch(url, { method: "PUT", body }))).toBe("ok");
  expect(connections).toHaveLength(3);
}, 5_000);

test("a response that arrives before the request body was read releases its connection, even if that body is never read", async () => {
  const { url } = await serveBytes((socket, _, nth) => {
    if (nth > 1) return;
    socket.pause();
    socket.write(ok);
  });
  const fetch = nodeFetch({ maxConnections: 1 });
  const body = new Uint8Array(32 * 1024 ** 2);
  for (let request = 0; request < 3; request++) expect((await fetch(url, { method: "PUT", body })).status).toBe(200);
}, 5_000);

test("unsolicited bytes on an idle connection never become the response to the next request", async () => {
  const { url, connections } = await serveBytes((socket) => void socket.write(ok));
  const fetch = nodeFetch();
  expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
  await turns(10);
  // The bytes have arrived at the client's socket, and its event loop does not turn before the next request.
  connections[0]?.write(ok.replace("ok", "no"));
  expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
  expect(connections).toHaveLength(2);
});

describe("many calls over three connections, aborted at any moment", () => {
  test.each(["own", "caller's"])(
    "leave no stuck connection, no listener and no timer, and get no wrong response: %s agent",
    async (whose) => {
      // The generator of Numerical Recipes makes the same sequence each time.
      let seed = 20261128;
      const random = (below: number) => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return seed % below;
      };
      const { url } = await serve(async ({ url: path = "" }, response) => {
        const kind = Number(path.slice(1)) % 5;
        await turns(kind);
        if (kind === 3 && random(3) === 0) response.socket?.destroy();
        else response.end("x".repeat([10, 5_000, 100_000, 10, 300_000][kind] ?? 0) + path);
      });
      const agent = new Agent({ keepAlive: true, maxSockets: 3 });
      onTestFinished(() => agent.destroy());
      const fetch = nodeFetch(whose === "own" ? { maxConnections: 3 } : { agent });
      const { signal: shared, listeners } = countingSignal();
      const wrong: string[] = [];
      let next = 0;
      const lane = async () => {
        while (next < often(400, 5_000)) {
          const path = `/${next++}`;
          const controller = new AbortController();
          const signal = random(2) ? controller.signal : shared;
          const ended = turns(random(12)).then(() => controller.abort());
          const text = await fetch(url + path, { method: random(2) ? "POST" : "GET", signal })
            .then((response) => (random(5) ? response.text() : response.body?.cancel().then(() => path)))
            .catch((error: Error) => (/AbortError|TypeError/.test(error.name) ? path : String(error)));
          if (!text?.endsWith(path)) wrong.push(`${path}: ${text?.slice(-20)}`);
          await ended;
        }
      };
      await Promise.all(Array.from({ length: 12 }, lane));
      expect(wrong).toEqual([]);
      await until(() => listeners() === 0);
      const last = await Promise.all(Array.from({ length: 6 }, () => textOf(fetch(`${url}/0`, {}))));
      expect(last.every((text) => text.endsWith("/0"))).toBe(true);
    },
    240_000,
  );

  test("leave no socket, listener or timer, and consecutive calls share one connection", async () => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const clock = virtualRuntime();
    const { signal, listeners } = countingSignal();
    const fetch = nodeFetch({ agent, runtime: clock });
    const counts = new Set<number>();
    for (let request = 1; request <= often(300, 20_000); request++) {
      await textOf(fetch(url, { method: "POST", body: "{}", signal }));
      await turns(3);
      const socket = Object.values(agent.freeSockets).flat()[0];
      const names = socket?.eventNames() ?? [];
      counts.add(names.reduce((sum, name) => sum + (socket?.listenerCount(name) ?? 0), 0));
    }
    expect(connections).toHaveLength(1);
    expect(counts.size).toBe(1);
    expect([clock.pendingTimers(), listeners()]).toEqual([0, 0]);
  }, 120_000);
});
