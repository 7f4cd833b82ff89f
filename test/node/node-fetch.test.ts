import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type Duplex, PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createNodeFetch, type NodeFetch, type NodeFetchOptions } from "../../src/node.js";
import { createCaller } from "../../src/wrappers/call.js";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { outcomeOf, turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { nodeFetch, readsProxyVariables } from "./make.js";
import { serve, serveBytes, until } from "./server.js";

const ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const textOf = async (promise: Promise<Response>) => (await promise).text();
const errorOf = async (promise: Promise<unknown>) => ((await outcomeOf(promise)) as { error: Error }).error;

function keepAliveAgent(options: AgentOptions = {}): Agent {
  const agent = new Agent({ keepAlive: true, ...options });
  onTestFinished(() => agent.destroy());
  return agent;
}

describe("an option", () => {
  test("that is unknown is refused by name, with a list of the known options", () => {
    expect(() => createNodeFetch({ maxConections: 3 } as object)).toThrow(
      /maxConections.*maxConnections, idleTimeoutMs/,
    );
    expect(() => createNodeFetch({ proxy: "http://me:s3cret@proxy.test" } as object)).toThrow(/proxy.*agent/);
  });

  const wrong: [NodeFetchOptions, string][] = [
    [{ maxConnections: "3" as unknown as number }, "maxConnections"],
    [{ maxConnections: Number.POSITIVE_INFINITY }, "maxConnections"],
    [{ idleTimeoutMs: -1 }, "idleTimeoutMs"],
    [{ idleTimeoutMs: Number.NaN }, "idleTimeoutMs"],
    [{ idleTimeoutMs: "9" as unknown as number }, "idleTimeoutMs"],
    [{ connectTimeoutMs: 0 }, "connectTimeoutMs"],
    [{ connectTimeoutMs: "9" as unknown as number }, "connectTimeoutMs"],
    [{ ca: "not a certificate" }, "ca"],
    [{ ca: [7] as unknown as string[] }, "ca"],
    [{ agent: {} as Agent }, "agent"],
    [{ agent: "proxy.test" as unknown as Agent }, "agent"],
    [{ agent: new Agent(), maxConnections: 3 }, "maxConnections"],
    [{ agent: new Agent(), idleTimeoutMs: 3 }, "idleTimeoutMs"],
    [{ agent: () => new Agent(), ca: [] }, "ca"],
  ];

  test.each(wrong)("with an invalid value is refused by name: %o", (options, name) => {
    expect(() => createNodeFetch(options)).toThrow(
      expect.objectContaining({ name: "UsageError", field: `options.${name}` }),
    );
  });

  test("may be null, which means absent", async () => {
    const { url } = await serve((_, response) => void response.end("ok"));
    const options = { maxConnections: null, agent: null, ca: null } as unknown as NodeFetchOptions;
    expect(await textOf(nodeFetch(options)(url, {}))).toBe("ok");
    expect(await textOf(createNodeFetch(null as unknown as NodeFetchOptions)(url, {}))).toBe("ok");
  });

  test.each(["connectTimeoutMs", "idleTimeoutMs"])("%s may be Infinity", async (name) => {
    const { url } = await serveBytes((socket) => void socket.write(ok));
    const fetch = nodeFetch({ [name]: Number.POSITIVE_INFINITY, runtime: virtualRuntime() });
    for (let request = 0; request < 2; request++) expect(await textOf(fetch(url, {}))).toBe("ok");
  });
});

describe("a custom agent", () => {
  test("is used without changing it", async () => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const agent = keepAliveAgent({ maxSockets: 1 });
    const before = { ...agent };
    const listeners = agent.eventNames().map((name) => agent.listenerCount(name));
    const fetch = createNodeFetch({ agent });
    for (let request = 0; request < 3; request++) expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
    fetch.close();
    await turns(10);
    expect(connections).toHaveLength(1);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
    expect(await textOf(fetch(url, {}))).toBe("ok");
    await turns(10);
    const { sockets, freeSockets, requests, totalSocketCount, ...after } = { ...agent } as unknown as Record<
      string,
      unknown
    >;
    expect(before).toMatchObject(after);
    expect(agent.eventNames().map((name) => agent.listenerCount(name))).toEqual(listeners);
    for (const name of ["getName", "keepSocketAlive", "reuseSocket"]) expect(Object.hasOwn(agent, name)).toBe(false);
  });

  test("without keepAlive sends connection: close", async () => {
    const { url, connections } = await serve(({ headers }, response) => void response.end(headers.connection));
    const fetch = createNodeFetch({ agent: new Agent() });
    for (let request = 0; request < 2; request++) expect(await textOf(fetch(url, {}))).toBe("close");
    expect(connections).toHaveLength(2);
  });

  test("is chosen by a function, for each request", async () => {
    const { url } = await serve((_, response) => void response.end("ok"));
    const agent = keepAliveAgent();
    const seen: string[] = [];
    const fetch = createNodeFetch({
      agent: (address) => {
        seen.push(address.pathname);
        return agent;
      },
    });
    for (const path of ["/a", "/b", "/a"]) expect(await textOf(fetch(url + path, {}))).toBe("ok");
    expect(seen).toEqual(["/a", "/b", "/a"]);
  });

  const useless: [string, NodeFetchOptions["agent"]][] = [
    ["is for another protocol", new HttpsAgent()],
    ["is not returned", (() => undefined) as unknown as () => Agent],
    ["is a promise of one", (async () => new Agent()) as unknown as () => Agent],
    [
      "cannot be made",
      () => {
        throw new Error("no proxy http://me:s3cret@proxy.test");
      },
    ],
  ];

  test.each(useless)("that %s: nothing was sent, and nothing is quoted", async (_, agent) => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const error = await errorOf(createNodeFetch({ agent })(url, { method: "POST", body: "s3cret" }));
    expect(wasNeverSent(error)).toBe(true);
    expect(error.message).toContain("agent");
    expect(`${error.stack} ${(error.cause as Error).stack}`).not.toContain("s3cret");
    expect(connections).toHaveLength(0);
  });

  test("whose connection fails leads to an error that states that nothing was sent, without the agent's message", async () => {
    class Broken extends Agent {
      override createConnection(_: ClientRequestArgs, done?: (error: Error | null, stream: Duplex) => void): undefined {
        setImmediate(() => done?.(new Error("no proxy http://me:s3cret@proxy.test"), new PassThrough()));
      }
    }
    const error = await errorOf(createNodeFetch({ agent: new Broken() })("http://api.test/", { method: "POST" }));
    expect(wasNeverSent(error)).toBe(true);
    expect(`${error.stack} ${(error.cause as Error).stack}`).not.toContain("s3cret");
  });

  test("may return any stream, and one that fails before it is read causes an error", async () => {
    class Streams extends Agent {
      override createConnection(): Duplex {
        const stream = new PassThrough();
        setImmediate(() => stream.destroy(new Error("gone")));
        return stream;
      }
    }
    const error = await errorOf(createNodeFetch({ agent: new Streams() })("http://api.test/", { method: "POST" }));
    expect(error).toMatchObject({ name: "TypeError" });
    expect(wasNeverSent(error)).toBe(false);
  });

  test("may be shared with other code, whose bytes on an idle connection are not checked", async () => {
    const { url, connections } = await serve((_, response) => void response.end("ok"));
    const agent = keepAliveAgent({ maxSockets: 1 });
    const [ours, theirs] = [createNodeFetch({ agent }), nodeFetchWithout(agent)];
    for (let request = 0; request < 3; request++) {
      expect(await textOf(ours(url, {}))).toBe("ok");
      expect(await theirs(url)).toBe("ok");
    }
    expect(connections).toHaveLength(1);
  });

  test("is checked before each use: unsolicited bytes never become a response", async () => {
    const { url, connections } = await serveBytes((socket) => void socket.write(ok));
    const fetch = createNodeFetch({ agent: keepAliveAgent({ maxSockets: 1 }) });
    expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
    await turns(10);
    connections[0]?.write(ok.replace("ok", "no"));
    expect(await textOf(fetch(url, { method: "POST" }))).toBe("ok");
    expect(connections).toHaveLength(2);
  });
});

test("a wrapper, a copy and a proxy of it receive each request of a client and its signal", async () => {
  const { url, connections } = await serve(() => undefined);
  const fetch = nodeFetch();
  const signals: unknown[] = [];
  const wrap = (): NodeFetch =>
    Object.assign((address: string, init: RequestInit) => {
      signals.push(init.signal);
      return fetch(address, init);
    }, fetch);
  const apply = (_: NodeFetch, __: unknown, [address, init]: [string, RequestInit]) => wrap()(address, init);
  const { name: _name, length: _length, ...members } = Object.getOwnPropertyDescriptors(fetch);
  const wrappers = [wrap(), Object.defineProperties(wrap(), members), new Proxy(fetch, { apply })];
  for (const [n, wrapper] of wrappers.entries()) {
    const controller = new AbortController();
    const caller = createCaller({ baseUrl: url, token: "sk_live_any", fetch: wrapper });
    const call = errorOf(
      caller.call(sampleOperations.unsafe, inputFor(sampleOperations.unsafe), { signal: controller.signal }),
    );
    await until(() => (connections[n]?.bytesRead ?? 0) > 0);
    controller.abort();
    expect(await call).toMatchObject({ name: "AbortError", ambiguous: true });
    await until(() => connections[n]?.closed === true);
  }
  expect(signals).toEqual(Array(3).fill(expect.objectContaining({ aborted: true })));
});

test("at the end of a block with await using, idle connections are closed", async () => {
  const { url, connections } = await serve((_, response) => void response.end("ok"));
  const fetch = createNodeFetch();
  expect(await textOf(fetch(url, {}))).toBe("ok");
  await turns();
  await fetch[Symbol.asyncDispose]();
  await until(() => connections[0]?.closed === true);
});

describe("a proxy variable", () => {
  async function warnings(environment: Record<string, string>, options: NodeFetchOptions = {}): Promise<string[]> {
    for (const name of ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"]) vi.stubEnv(name, environment[name]);
    const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    vi.resetModules();
    const { createNodeFetch } = await import("../../src/node.js");
    for (let made = 0; made < 3; made++) createNodeFetch(options);
    const messages = emitted.mock.calls.map(([message]) => String(message));
    emitted.mockRestore();
    vi.unstubAllEnvs();
    return messages;
  }

  test.each(["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"])(
    "%s that this version of Node ignores is named in one warning, with the guide's page",
    async (name) => {
      const messages = await warnings({ [name]: "http://me:s3cret@proxy.test" });
      expect(messages).toHaveLength(readsProxyVariables ? 0 : 1);
      for (const message of messages) {
        expect(message).toContain(name);
        expect(message).toContain("docs/proxies.md");
        expect(message).not.toContain("s3cret");
      }
    },
  );

  test.each(["socks5://me:s3cret@proxy.test", "me:s3cret@proxy.test:3128", "HTTP://me:s3cret@proxy.test"])(
    "that no version of Node obeys is also named in one warning: %s",
    async (address) => {
      for (const environment of [{ HTTPS_PROXY: address }, { https_proxy: "http://proxy.test", HTTP_PROXY: address }]) {
        const messages = await warnings(environment as Record<string, string>);
        expect(messages).toHaveLength(1);
        expect(messages[0]).not.toContain("s3cret");
      }
    },
  );

  test("causes no warning when it is empty or absent, or when an agent is given", async () => {
    expect(await warnings({})).toEqual([]);
    expect(await warnings({ HTTPS_PROXY: "" })).toEqual([]);
    expect(await warnings({ HTTPS_PROXY: "http://proxy.test" }, { agent: new Agent() })).toEqual([]);
  });

  test("does not apply to requests to this machine", async () => {
    const { url } = await serve((_, response) => void response.end("ok"));
    const proxy = await serve((_, response) => void response.writeHead(502).end("proxy"));
    vi.stubEnv("HTTP_PROXY", proxy.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { port } = new URL(url);
    for (const host of ["127.0.0.1", "localhost"])
      expect(await textOf(nodeFetch()(`http://${host}:${port}/`, {}))).toBe("ok");
    expect(proxy.connections).toHaveLength(0);
  });
});

/** Requests of other code over the same agent. */
function nodeFetchWithout(agent: Agent): (url: string) => Promise<string> {
  return async (url) => {
    const { get } = await import("node:http");
    return new Promise((resolve, reject) => {
      get(url, { agent }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => setImmediate(() => resolve(text)));
      }).on("error", reject);
    });
  };
}
