import { refused } from "./failure.js";
import { type OutgoingBody, readBody } from "./request-body.js";
import { readHead } from "./request-head.js";
import { type Route, readingProxy } from "./route.js";

/** A request in Node's terms. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly path: string;
  readonly lines: readonly string[];
  readonly content: OutgoingBody["content"] | undefined;
  readonly length: number | undefined;
}

/** An address as `fetch` takes it. Never quoted when it is none: a presigned URL is a password. */
export function readAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused("the address is not a URL");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused("the address is neither http: nor https:");
  if (url.username || url.password) throw refused("the address holds credentials");
  return url;
}

export function readRequest(url: URL, init: RequestInit, route: Route): Outgoing {
  const method = methodOf(init.method);
  const body = readBody(init.body);
  if (body !== undefined && (method === "GET" || method === "HEAD")) throw refused(`${method} takes no body`);
  const { lines, declaredLength, hasContentType, ascii } = readHead(url.host, init.headers);
  const length = lengthOf(body, method, declaredLength);
  if (body?.type !== undefined && !hasContentType) lines.push("content-type", body.type);
  if (length !== undefined) lines.push("content-length", String(length));
  else if (body !== undefined) lines.push("transfer-encoding", "chunked");
  const proxy = readingProxy(route);
  if (proxy?.authorization !== undefined) lines.push("proxy-authorization", proxy.authorization);
  const path = url.pathname + url.search;
  const content = body?.content;
  return {
    url,
    method,
    path: proxy === undefined ? path : `${url.origin}${path}`,
    lines,
    // Node writes a text together with the head, in UTF-8; a byte above ASCII in the head would come out as two.
    content: ascii || typeof content !== "string" ? content : Buffer.from(content),
    length,
  };
}

/** In upper case where `fetch` does it too. */
function methodOf(given = "GET"): string {
  const upper = given.toUpperCase();
  if (["CONNECT", "TRACE", "TRACK"].includes(upper)) throw refused("its method is not allowed");
  return ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].includes(upper) ? upper : given;
}

function lengthOf(body: OutgoingBody | undefined, method: string, declared: number | undefined): number | undefined {
  const known = body === undefined ? 0 : body.length;
  if (declared !== undefined && declared !== (known ?? declared))
    throw refused("its body is not as long as its content-length");
  if (body !== undefined) return known ?? declared;
  // Said also where there is nothing, by the methods that may send something.
  return ["DELETE", "GET", "HEAD", "OPTIONS"].includes(method) ? undefined : 0;
}
