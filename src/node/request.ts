import type { Agent, RequestOptions } from "node:http";
import { neverSent } from "./errors.js";

/** Returns the agent for an address: its origin, already parsed, and its path. */
export type AgentFor = (origin: URL, path: string) => Agent;

/** A request in Node's terms. */
export interface PreparedRequest {
  readonly url: string;
  readonly options: RequestOptions;
  readonly content: Content | undefined;
}

type Content = string | Uint8Array | ReadableStream<Uint8Array>;

/** The request is invalid, and was not sent. No value is quoted: it may be the token, and a presigned URL is a password. */
export class RefusedRequest extends TypeError {
  constructor(what: string) {
    super(`the request cannot be sent: ${what}`, neverSent({ code: "ERR_INVALID_ARG_VALUE", message: what }));
  }
}

/** Path and query as `URL` leaves them: nothing to escape, and no segment that may be dots. */
const plainPath = /^(?:\/(?!\.|%2e)[\w!$%&()*+,\-.:;=@~]*)+(?:\?[\w!$%&()*+,\-./:;=?@~]+)?$/i;

/** Most requests go to the origin of the one before them, and to parse an address takes longer than to compare it. */
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
  // Sent also without a body, by the methods that usually have one. A number: Node 20.19 compares it as it is with the size of a stream.
  const isSized = length !== undefined && (body !== undefined || /^P/.test(method));
  const sized = isSized ? { ...headers, "content-length": length } : headers;
  // Node writes a text together with the headers, in UTF-8: a byte above ASCII in a header would become two.
  const isAscii = typeof body !== "string" || Object.values(headers).every((value) => /^[\0-\x7f]*$/.test(value));
  const { protocol, hostname, port } = origin;
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = { protocol, hostname: host, port, path, method, headers: sized, agent: agentFor(origin, path) };
  return { url: origin.origin + path, options, content: isAscii ? body : Buffer.from(body) };
}

/** Names and values are checked by Node, before it asks for a connection. */
function prepareHeaders(host: string, given: RequestInit["headers"] = {}): Record<string, string> {
  const headers: Record<string, string> = { host, accept: "*/*", "user-agent": "node" };
  for (const [name, value] of Symbol.iterator in given ? new Headers(given) : Object.entries(given)) {
    const key = name.toLowerCase();
    // A caller's own could make a server read the request in another way than a proxy before it.
    if (/^(connection|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/.test(key))
      throw new RefusedRequest(`the header ${key} belongs to the connection`);
    headers[key] = String(value);
  }
  // A range counts the bytes as they are stored, so it must not be compressed.
  headers["accept-encoding"] ??= "range" in headers ? "identity" : "gzip, br";
  return headers;
}

/** A body with its length and type, where they are known. Bytes are not copied: they may be a part of 64 MiB. */
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
