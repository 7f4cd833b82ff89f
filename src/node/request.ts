import type { Agent, RequestOptions } from "node:http";
import { neverSentError } from "./errors.js";

/** Returns the agent for an address, which is given as its parsed origin and its path. */
export type AgentFor = (origin: URL, path: string) => Agent;

/** A request in the form that Node's HTTP client takes. */
export interface PreparedRequest {
  readonly url: string;
  readonly options: RequestOptions;
  readonly content: Content | undefined;
}

type Content = string | Uint8Array | ReadableStream<Uint8Array>;

/** The request is invalid and was not sent. The message quotes no value: a header may contain the token, and a presigned URL is a credential. */
export class RefusedRequest extends TypeError {
  constructor(what: string) {
    super(`the request cannot be sent: ${what}`, neverSentError({ code: "ERR_INVALID_ARG_VALUE", message: what }));
  }
}

/** Matches a path and query that `URL` would not change: no character to escape, and no segment that begins with a dot. */
const plainPath = /^(?:\/(?!\.|%2e)[\w!$%&()*+,\-.:;=@~]*)+(?:\?[\w!$%&()*+,\-./:;=?@~]+)?$/i;

/** The last address that was parsed. Most requests go to the same origin as the previous one, and comparing is faster than parsing. */
let last: URL | undefined;

function parseAddress(address: string): [URL, string] {
  const path = last && address.startsWith(last.origin) ? address.slice(last.origin.length) : "";
  if (last && plainPath.test(path)) return [last, path];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new RefusedRequest("its address must be a URL of http: or https:, without credentials");
  last = url;
  return [url, url.pathname + url.search];
}

export function prepareRequest(address: string, init: RequestInit, agentFor: AgentFor): PreparedRequest {
  const [origin, path] = parseAddress(address);
  const method = (init.method ?? "GET").toUpperCase();
  if (/^(CONNECT|TRACE|TRACK)$/.test(method)) throw new RefusedRequest("its method is not allowed");
  const headers = prepareHeaders(origin.host, init.headers);
  const declared = headers["content-length"];
  const [body, known, type] = prepareBody(init.body);
  const length = known ?? (declared === undefined ? undefined : Number(declared));
  if (body !== undefined && /^(GET|HEAD)$/.test(method)) throw new RefusedRequest(`${method} has no body`);
  if (declared !== undefined && (!/^\d+$/.test(declared) || Number(declared) !== length))
    throw new RefusedRequest("its content-length is not the length of its body");
  if (type) headers["content-type"] ??= type;
  if (length === undefined) headers["transfer-encoding"] = "chunked";
  // POST, PUT and PATCH send the header even without a body. Its value is a number, because Node 20.19 compares it with the size of a stream without
  // converting it.
  const isSized = length !== undefined && (body !== undefined || /^P/.test(method));
  const sized = isSized ? { ...headers, "content-length": length } : headers;
  // Node encodes a text body together with the headers, as UTF-8. A header byte above ASCII would become two bytes.
  const isAscii = typeof body !== "string" || Object.values(headers).every((value) => /^[\0-\x7f]*$/.test(value));
  const { protocol, hostname, port } = origin;
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { protocol, hostname: host, port, path, method, headers: sized, agent: agentFor(origin, path) };
  return { url: origin.origin + path, options, content: isAscii ? body : Buffer.from(body) };
}

/** The headers of a request, with defaults. Node checks names and values before it requests a connection. */
function prepareHeaders(host: string, given: RequestInit["headers"] = {}): Record<string, string> {
  const headers: Record<string, string> = { host, accept: "*/*", "user-agent": "node" };
  for (const [name, value] of Symbol.iterator in given ? new Headers(given) : Object.entries(given)) {
    const key = name.toLowerCase();
    // A value set by the caller could make a server and a proxy before it disagree about where the request ends.
    if (/^(connection|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/.test(key))
      throw new RefusedRequest(`the header ${key} belongs to the connection`);
    headers[key] = String(value);
  }
  // A range counts stored bytes, so its response must not be compressed.
  headers["accept-encoding"] ??= "range" in headers ? "identity" : "gzip, br";
  return headers;
}

/** The body with its length and content type, where they are known. Bytes are not copied, because an upload sends parts of 64 MiB. */
function prepareBody(body: RequestInit["body"]): [Content | undefined, number | undefined, string?] {
  if (body === undefined || body === null) return [undefined, 0];
  if (typeof body === "string") return [body, Buffer.byteLength(body), "text/plain;charset=UTF-8"];
  if (body instanceof ArrayBuffer) return [new Uint8Array(body), body.byteLength];
  if (ArrayBuffer.isView(body)) return [Buffer.from(body.buffer, body.byteOffset, body.byteLength), body.byteLength];
  const { body: stream, headers } = new Response(body);
  const type = headers.get("content-type") ?? "";
  if (body instanceof URLSearchParams) return [String(body), Buffer.byteLength(String(body)), type];
  return [stream as ReadableStream<Uint8Array>, body instanceof Blob ? body.size : undefined, type];
}
