import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Agent } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createNodeFetch, type NodeFetchOptions } from "../../src/node.js";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { notSent } from "../../src/wrappers/timeout.js";
import { outcomeOf } from "../support/settle.js";
import { selfSigned } from "./certificate.js";
import { startProxy } from "./http-proxy.js";
import { nodeFetch, readsProxyVariables } from "./make.js";
import { listen, serve, serveBytes, until } from "./server.js";

/* Runs each program of docs/proxies.md as printed, through a real proxy to a host that is reachable only through it. */

// The compiler does not resolve this name. Only these tests and the guide's programs need the package.
const { ProxyAgent } = (await import(["proxy", "agent"].join("-"))) as {
  ProxyAgent: new (options: { getProxyForUrl: () => string }) => Agent;
};

const root = fileURLToPath(new URL("../../", import.meta.url));
const certificate = selfSigned(["api.sfcompute.com"]);
const identity = selfSigned(["client.test"]);
const programs = [...readFileSync(join(root, "docs/proxies.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, code = ""]) => code,
);

/** A TLS service that requests a client certificate and records the client of each request. */
async function startService() {
  const seen: { url: string | undefined; token: string | undefined; client: unknown }[] = [];
  const options = { ...certificate, ca: identity.cert, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, ({ url, headers, socket }, response) => {
    const client = (socket as TLSSocket).getPeerCertificate().subject?.CN;
    seen.push({ url, token: headers.authorization, client });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ account_id: "acct_behind_the_proxy" }));
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => undefined));
  return { ...(await listen(server)), seen };
}

function run(program: string, environment: Record<string, string>): Promise<string> {
  const source = (entry: string) => JSON.stringify(new URL(`../../src/${entry}.ts`, import.meta.url).href);
  const code = program.replace('"sfc-preview-sdk/node"', source("node")).replace('"sfc-preview-sdk"', source("index"));
  const { PATH = "" } = process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code], {
      cwd: root,
      env: { PATH, SF_API_KEY: "sk_live_0123456789", ...environment },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("close", (code) => resolve(`${code} ${output}`));
  });
}

test("the page shows three programs", () => {
  expect(programs).toHaveLength(3);
});

test.each([0, 1, 2])("program %i goes through the proxy, which sees neither token nor path", async (n) => {
  const folder = mkdtempSync(join(tmpdir(), "proxies-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const service = await startService();
  const proxy = await startProxy(service.port);
  const address = proxy.url.replace("//", "//me:p%40ss@");
  const output = await run(programs[n] as string, {
    [n === 1 ? "COMPANY_PROXY" : "HTTPS_PROXY"]: address,
    NODE_EXTRA_CA_CERTS: file("ca.pem", certificate.cert),
    CLIENT_CERT: file("client.pem", identity.cert),
    CLIENT_KEY: file("client-key.pem", identity.key),
  });
  expect(output).toBe("0 acct_behind_the_proxy\n");
  const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
  expect(proxy.seen).toEqual([{ method: "CONNECT", target: "api.sfcompute.com:443", authorization }]);
  const client = n === 2 ? "client.test" : undefined;
  expect(service.seen).toEqual([{ url: "/preview/v2/me", token: "Bearer sk_live_0123456789", client }]);
});

test.each([407, 502, 201])(
  "a tunnel that the proxy refuses with %i means that nothing was sent, and its status is not a response",
  async (refuse) => {
    const proxy = await startProxy(1, { refuse });
    const agent = new ProxyAgent({ getProxyForUrl: () => proxy.url.replace("//", "//me:p%40ss@") });
    const { error } = (await outcomeOf(createNodeFetch({ agent })("https://api.test/", { method: "POST" }))) as {
      error: Error;
    };
    expect(wasNeverSent(error)).toBe(true);
    expect(inspect(error, { depth: null })).not.toMatch(/p@ss|p%40ss|bWU6cEBzcw/);
  },
);

test("an unreachable proxy means that nothing was sent, and its password is not exposed", async () => {
  const agent = new ProxyAgent({ getProxyForUrl: () => "http://me:p%40ss@127.0.0.1:1" });
  const { error } = (await outcomeOf(createNodeFetch({ agent })("https://api.test/", { method: "POST" }))) as {
    error: Error;
  };
  expect(wasNeverSent(error)).toBe(true);
  expect(inspect(error, { depth: null })).not.toMatch(/p@ss|p%40ss/);
});

test("http goes through the proxy with the whole URL, and with the host and headers of the request", async () => {
  const seen: (string | undefined)[] = [];
  const target = await serve(({ headers, url }, response) => {
    seen.push(`${headers.host}${url} ${headers.authorization}`);
    response.end("ok");
  });
  const proxy = await startProxy(target.port);
  const agent = new ProxyAgent({ getProxyForUrl: () => proxy.url });
  const init = { method: "POST", body: "{}", headers: { authorization: "Bearer t0ken" } };
  expect(await (await createNodeFetch({ agent })("http://api.test:8080/a?b", init)).text()).toBe("ok");
  expect(proxy.seen.map(({ target }) => target)).toEqual(["http://api.test:8080/a?b"]);
  expect(seen).toEqual(["api.test:8080/a?b Bearer t0ken"]);
});

test("a request that is aborted while the tunnel is opened was not sent", async () => {
  const stuck = await serveBytes(() => undefined);
  const agent = new ProxyAgent({ getProxyForUrl: () => stuck.url });
  const controller = new AbortController();
  let isSent = true;
  const reason = Object.assign(new Error("enough"), {
    [notSent]: () => {
      isSent = false;
    },
  });
  const failure = outcomeOf(createNodeFetch({ agent })("https://api.test/", { signal: controller.signal }));
  await until(() => (stuck.connections[0]?.bytesRead ?? 0) > 0);
  controller.abort(reason);
  expect(await failure).toEqual({ error: reason });
  expect(isSent).toBe(false);
});

/* Tests without an agent. A Node whose agent ignores the variables cannot resolve these hosts. Its warning is tested with the options. */
describe("the proxy of a variable", () => {
  const init = { method: "POST", body: "{}", headers: { authorization: "Bearer t0ken" } };

  function setEnvironment(variables: Record<string, string>): void {
    const names = ["https_proxy", "http_proxy", "no_proxy", "REQUEST_METHOD"];
    for (const name of [...names, ...names.map((name) => name.toUpperCase())]) vi.stubEnv(name, variables[name]);
    vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  }

  /** The results of two consecutive requests. */
  async function textsFrom(address: string, options: NodeFetchOptions = {}): Promise<unknown> {
    const fetch = nodeFetch(options);
    const texts: unknown[] = [];
    for (let request = 0; request < 2; request++) {
      const outcome = await outcomeOf(fetch(address, init).then((response) => response.text()));
      if (!("error" in outcome)) texts.push(outcome.value);
      else {
        expect(inspect(outcome.error, { depth: null })).not.toMatch(/p@ss|p%40ss|bWU6cEBzcw|t0ken/);
        texts.push(wasNeverSent(outcome.error) ? "never sent" : outcome.error);
      }
    }
    return texts;
  }

  test("is used for https, with one tunnel for consecutive requests", async () => {
    const service = await startService();
    const proxy = await startProxy(service.port);
    setEnvironment({ HTTPS_PROXY: proxy.url.replace("//", "//me:p%40ss@") });
    const texts = await textsFrom("https://api.sfcompute.com/a?b", { ca: certificate.cert });
    const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
    const tunnel = { method: "CONNECT", target: "api.sfcompute.com:443", authorization };
    expect(proxy.seen).toEqual(readsProxyVariables ? [tunnel] : []);
    const requests = service.seen.map(({ url, token }) => `${url} ${token}`);
    expect(requests).toEqual(readsProxyVariables ? Array(2).fill("/a?b Bearer t0ken") : []);
    expect(texts).toEqual(Array(2).fill(readsProxyVariables ? expect.stringContaining("acct_behind") : "never sent"));
  });

  test("is used for http with the whole URL", async () => {
    const seen: string[] = [];
    const target = await serve(({ headers, url }, response) => {
      seen.push(`${headers.host}${url} ${headers.authorization}`);
      response.end("ok");
    });
    const proxy = await startProxy(target.port);
    setEnvironment({ http_proxy: proxy.url });
    const texts = await textsFrom("http://api.test:8080/a?b");
    const times = readsProxyVariables ? 2 : 0;
    expect(proxy.seen.map(({ target }) => target)).toEqual(Array(times).fill("http://api.test:8080/a?b"));
    expect(seen).toEqual(Array(times).fill("api.test:8080/a?b Bearer t0ken"));
    expect(texts).toEqual(Array(2).fill(readsProxyVariables ? "ok" : "never sent"));
  });

  test.each([{ NO_PROXY: "other.test,api.test" }, { no_proxy: "*" }, { REQUEST_METHOD: "GET" }])(
    "is not used when %o excludes it",
    async (variables) => {
      const proxy = await startProxy(1);
      setEnvironment({ HTTP_PROXY: proxy.url, ...(variables as Record<string, string>) });
      expect(await textsFrom("http://api.test/")).toEqual(["never sent", "never sent"]);
      expect(proxy.seen).toEqual([]);
    },
  );

  test.each([407, 502])("that refuses a tunnel with %i receives no request", async (refuse) => {
    const proxy = await startProxy(1, { refuse });
    setEnvironment({ HTTPS_PROXY: proxy.url.replace("//", "//me:p%40ss@") });
    expect(await textsFrom("https://api.test/")).toEqual(["never sent", "never sent"]);
    expect(proxy.seen).toHaveLength(readsProxyVariables ? 2 : 0);
  });

  test.each(["http://me:p%40ss@127.0.0.1:1", "http://me:p%40ss@[", "http://me:p%40ss@a\r\nb"])(
    "that is unreachable or invalid receives no request: %j",
    async (address) => {
      setEnvironment({ HTTPS_PROXY: address });
      expect(await textsFrom("https://api.test/")).toEqual(["never sent", "never sent"]);
    },
  );
});
