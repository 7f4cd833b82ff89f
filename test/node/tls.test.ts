import { createServer } from "node:https";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { outcomeOf, turns } from "../support/settle.js";
import { selfSigned } from "./certificate.js";
import { startProxy } from "./http-proxy.js";
import { nodeFetch } from "./make.js";
import { type Listening, listen, serve, serveBytes, until } from "./server.js";

const certificate = selfSigned(["api.test", "localhost"], ["127.0.0.1"]);
const { cert: ca } = certificate;
const token = "sk_live_t0ken";
const init = { method: "POST", body: "{}", headers: { authorization: `Bearer ${token}` } };

async function serveTls(): Promise<Listening & { requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(certificate, ({ headers, url }, response) => {
    requests.push(`${headers.host}${url}`);
    response.end("ok");
  });
  server.keepAliveTimeout = 0;
  const listening = await listen(server);
  return { ...listening, url: listening.url.replace("http:", "https:"), requests };
}

async function errorOf(promise: Promise<unknown>) {
  const outcome = await outcomeOf(promise);
  if (!("error" in outcome)) throw new Error("it did not fail");
  return outcome.error as Error & { cause: { code: string } };
}

describe("https", () => {
  test("takes certificates that ca names, for names and addresses, and keeps the connection", async () => {
    const { url, port, connections } = await serveTls();
    const fetch = nodeFetch({ ca });
    for (let request = 0; request < 3; request++) expect(await (await fetch(url, init)).text()).toBe("ok");
    expect(connections).toHaveLength(1);
    expect(await (await fetch(`https://localhost:${port}`, init)).text()).toBe("ok");
  });

  test("sends nothing to a server that nobody vouches for", async () => {
    const { url, requests } = await serveTls();
    const error = await errorOf(nodeFetch()(url, init));
    expect(error.cause.code).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(wasNeverSent(error)).toBe(true);
    expect(requests).toEqual([]);
  });

  test("sends nothing to a server with another one's certificate", async () => {
    const other = selfSigned(["other.test"]);
    const server = createServer(other, (_, response) => response.end("wrong"));
    const { url } = await listen(server);
    const error = await errorOf(nodeFetch({ ca: [ca, other.cert] })(url.replace("http:", "https:"), init));
    expect(error.cause.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(wasNeverSent(error)).toBe(true);
  });
});

describe("through a proxy", () => {
  test("https goes in a tunnel, whose proxy sees neither path nor token; the connection is kept", async () => {
    const target = await serveTls();
    const proxy = await startProxy(target.port);
    const fetch = nodeFetch({ ca, proxy: proxy.url });
    for (let request = 0; request < 3; request++)
      expect(await (await fetch("https://api.test/secret?x", init)).text()).toBe("ok");
    expect(proxy.seen).toEqual([{ method: "CONNECT", target: "api.test:443", authorization: undefined }]);
    expect(target.requests).toEqual(Array(3).fill("api.test/secret?x"));
    fetch.close();
    await until(() => proxy.connections.every(({ closed }) => closed));
  });

  test("the proxy may be one of https itself", async () => {
    const target = await serveTls();
    const proxy = await startProxy(target.port, { certificate });
    expect(await (await nodeFetch({ ca, proxy: proxy.url })("https://api.test/", init)).text()).toBe("ok");
  });

  test("an IPv6 address is named in brackets", async () => {
    const proxy = await startProxy(1);
    await errorOf(nodeFetch({ proxy: proxy.url })("https://[2001:db8::1]:8443/", init));
    expect(proxy.seen.map(({ target }) => target)).toEqual(["[2001:db8::1]:8443"]);
  });

  test("http is asked for by its whole address", async () => {
    const paths: string[] = [];
    const target = await serve(({ headers, url }, response) => {
      paths.push(`${headers.host}${url}`);
      response.end("ok");
    });
    const proxy = await startProxy(target.port);
    const fetch = nodeFetch({ proxy: proxy.url });
    expect(await (await fetch("http://api.test:8080/a?b", init)).text()).toBe("ok");
    expect(proxy.seen).toEqual([{ method: "POST", target: "http://api.test:8080/a?b", authorization: undefined }]);
    expect(paths).toEqual(["api.test:8080/a?b"]);
  });

  test("the proxy's credentials go to the proxy, and to nobody else", async () => {
    let headers: object = {};
    const target = await serve((request, response) => {
      headers = request.headers;
      response.end("ok");
    });
    const tlsTarget = await serveTls();
    for (const [address, port] of [
      ["http://api.test/", target.port],
      ["https://api.test/", tlsTarget.port],
    ] as const) {
      const proxy = await startProxy(port);
      const fetch = nodeFetch({ ca, proxy: proxy.url.replace("//", "//me:p%40ss@") });
      const response = await fetch(address, init);
      expect(await response.text()).toBe("ok");
      expect(proxy.seen[0]?.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
      expect(inspect([fetch, response], { depth: null, showHidden: true })).not.toMatch(/p@ss|p%40ss|bWU6cEBzcw/);
    }
    expect(headers).not.toHaveProperty("proxy-authorization");
  });

  test.each([407, 502, 302])("a tunnel that is refused with %d was no request", async (refuse) => {
    const proxy = await startProxy(1, { refuse });
    const fetch = nodeFetch({ proxy: proxy.url.replace("//", "//me:p%40ss@") });
    const error = await errorOf(fetch("https://api.test/", init));
    expect(error.cause.code).toBe(`ERR_PROXY_${refuse}`);
    expect(wasNeverSent(error)).toBe(true);
    expect(inspect(error, { depth: null })).not.toMatch(/p@ss|p%40ss|bWU6cEBzcw|t0ken/);
    await until(() => proxy.connections[0]?.closed === true);
  });

  test("a proxy that is not there was no request either, and its password is not told", async () => {
    const error = await errorOf(nodeFetch({ proxy: "http://me:p%40ss@127.0.0.1:1" })("https://api.test/", init));
    expect(error.cause.code).toBe("ECONNREFUSED");
    expect(wasNeverSent(error)).toBe(true);
    expect(inspect(error, { depth: null })).not.toMatch(/p@ss|p%40ss/);
  });

  test("a server that is not the one of the name gets nothing, however the proxy leads", async () => {
    const target = await serveTls();
    const proxy = await startProxy(target.port);
    const error = await errorOf(nodeFetch({ ca, proxy: proxy.url })("https://bank.test/", init));
    expect(error.cause.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(target.requests).toEqual([]);
  });

  test("a request that is given up while the tunnel is made lets the connection go", async () => {
    const stuck = await serveBytes(() => undefined);
    const controller = new AbortController();
    const failure = errorOf(
      nodeFetch({ proxy: stuck.url })("https://api.test/", { ...init, signal: controller.signal }),
    );
    await until(() => stuck.connections.length === 1);
    await turns();
    controller.abort();
    expect((await failure).name).toBe("AbortError");
    await until(() => stuck.connections[0]?.closed === true);
  });

  test("this machine is never asked for through a proxy: what goes to it must not leave it", async () => {
    const target = await serve((_, response) => void response.end("ok"));
    const proxy = await startProxy(target.port);
    const fetch = nodeFetch({ proxy: proxy.url });
    for (const host of ["127.0.0.1", "localhost"])
      expect(await (await fetch(`http://${host}:${target.port}/`, init)).text()).toBe("ok");
    expect(proxy.seen).toEqual([]);
  });
});
