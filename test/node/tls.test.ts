import { createServer } from "node:https";
import { describe, expect, test } from "vitest";
import { createCaller } from "../../src/wrappers/call.js";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { inputFor, sampleOperations } from "../support/operations.js";
import { outcomeOf, turns } from "../support/settle.js";
import { virtualRuntime } from "../support/virtual-runtime.js";
import { type Certificate, selfSigned } from "./certificate.js";
import { nodeFetch } from "./make.js";
import { type Listening, listen, serveBytes, until } from "./server.js";

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
  test("accepts certificates signed by ca, for names and addresses, and keeps the connection", async () => {
    const { url, port, connections } = await serveTls();
    const fetch = nodeFetch({ ca });
    for (let request = 0; request < 3; request++) expect(await (await fetch(url, init)).text()).toBe("ok");
    expect(connections).toHaveLength(1);
    expect(await (await fetch(`https://localhost:${port}`, init)).text()).toBe("ok");
  });

  test("sends nothing to an untrusted server", async () => {
    const { url, requests } = await serveTls();
    const error = await errorOf(nodeFetch()(url, init));
    expect(error.cause.code).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(wasNeverSent(error)).toBe(true);
    expect(requests).toEqual([]);
  });

  test("sends nothing to a server with the certificate of another host", async () => {
    const other = selfSigned(["other.test"]);
    const server = createServer(other, (_, response) => response.end("wrong"));
    const { url } = await listen(server);
    const error = await errorOf(nodeFetch({ ca: [ca, other.cert] })(url.replace("http:", "https:"), init));
    expect(error.cause.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(wasNeverSent(error)).toBe(true);
  });
});

describe("a write that fails in TLS", () => {
  const { unsafe, keyed } = sampleOperations;
  const expired = selfSigned(["localhost"], ["127.0.0.1"], "20210101000000Z");
  const other = selfSigned(["other.test"]);
  const stops: [string, Certificate, string[], string][] = [
    ["is not trusted", certificate, [], "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["has expired", expired, [expired.cert], "CERT_HAS_EXPIRED"],
    ["is for another name", other, [other.cert], "ERR_TLS_CERT_ALTNAME_INVALID"],
  ];

  test.each(stops)(
    "because the certificate %s has a typed error, is attempted once, and is not ambiguous",
    async (_, own, trusted, code) => {
      let requests = 0;
      const server = createServer(own, (_, response) => {
        requests++;
        response.end("{}");
      });
      const { url, connections } = await listen(server);
      const fetch = nodeFetch(trusted.length > 0 ? { ca: trusted } : {});
      const clock = virtualRuntime();
      const caller = createCaller({
        baseUrl: url.replace("http:", "https:"),
        token: "sk_live_any",
        fetch,
        runtime: clock,
      });
      for (const operation of [unsafe, keyed]) {
        const error = await errorOf(caller.call(operation, inputFor(operation)));
        expect(error).toMatchObject({ name: "ConnectionError", ambiguous: false, attempts: 1, cause: { code } });
      }
      expect([connections.length, requests]).toEqual([2, 0]);
    },
  );

  test("because the handshake stalls has a typed error, is retried, and is not ambiguous", async () => {
    const { url, connections } = await serveBytes(() => undefined);
    const clock = virtualRuntime();
    const fetch = nodeFetch({ connectTimeoutMs: 1_000, runtime: clock });
    const caller = createCaller({
      baseUrl: url.replace("http:", "https:"),
      token: "sk_live_any",
      fetch,
      runtime: clock,
    });
    const failure = errorOf(caller.call(unsafe, inputFor(unsafe)));
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(() => (connections[attempt - 1]?.bytesRead ?? 0) > 0);
      clock.advance(1_000);
      await turns();
      clock.advance(10_000);
    }
    expect(await failure).toMatchObject({
      name: "ConnectionError",
      ambiguous: false,
      attempts: 3,
      cause: { code: "ETIMEDOUT" },
    });
    expect(clock.pendingTimers()).toBe(0);
    await until(() => connections.every(({ closed }) => closed));
  });
});
