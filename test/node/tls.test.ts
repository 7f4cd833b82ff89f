import { createServer } from "node:https";
import { describe, expect, test } from "vitest";
import { wasNeverSent } from "../../src/wrappers/retry.js";
import { outcomeOf } from "../support/settle.js";
import { selfSigned } from "./certificate.js";
import { nodeFetch } from "./make.js";
import { type Listening, listen } from "./server.js";

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
