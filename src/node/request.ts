import type { Agent, RequestOptions } from "node:http";
import { neverSentError } from "./errors.js";

export type AgentFor = (url: URL) => Agent;

/** A request in the form that Node's HTTP client takes. */
export type PreparedRequest = Readonly<{ url: string; options: RequestOptions; content: Content | undefined }>;

/** In a text, each character is one byte. Node sends it together with the headers. */
type Content = string | Uint8Array | ReadableStream<Uint8Array>;

/** The request is invalid and was not sent. The message quotes no value: a header may contain the token, and a presigned URL is a credential. */
export class RefusedRequest extends TypeError {
  constructor(what: string) {
    super(`the request cannot be sent: ${what}`, neverSentError({ code: "ERR_INVALID_ARG_VALUE", message: what }));
  }
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new RefusedRequest("its address must be a URL of http: or https:, without credentials");
  return url;
}

export function prepareRequest(address: string, init: RequestInit, agentFor: AgentFor): PreparedRequest {
  const url = parseAddress(address);
  const { origin, protocol, host, port, pathname, search } = url;
  const method = (init.method ?? "GET").toUpperCase();
  if (/^(CONNECT|TRACE|TRACK)$/.test(method)) throw new RefusedRequest("its method is not allowed");
  const headers = prepareHeaders(host, init.headers);
  const declared = headers["content-length"];
  const [content, known, type] = prepareBody(init.body);
  const length = known ?? (declared === undefined ? undefined : Number(declared));
  if (content !== undefined && /^(GET|HEAD)$/.test(method)) throw new RefusedRequest(`${method} has no body`);
  if (declared !== undefined && (!/^\d+$/.test(`${declared}`) || Number(declared) !== length))
    throw new RefusedRequest("its content-length is not the length of its body");
  if (type) headers["content-type"] ??= type;
  if (length === undefined) headers["transfer-encoding"] = "chunked";
  // Node adds the length 0 for methods that may have a body. A number, because Node 20.19 compares it with the size of a stream without converting it.
  else if (content !== undefined) headers["content-length"] = length;
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const options = { protocol, hostname, port, path: pathname + search, method, headers, agent: agentFor(url) };
  return { url: origin + pathname + search, options, content };
}

/** The headers of a request, with defaults. Node checks names and values before it requests a connection. */
function prepareHeaders(host: string, given: RequestInit["headers"] = {}): Record<string, string | number> {
  const headers: Record<string, string | number> = { host, accept: "*/*", "user-agent": "node" };
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
  if (typeof body === "string")
    return [Buffer.from(body).toString("latin1"), Buffer.byteLength(body), "text/plain;charset=UTF-8"];
  if (body instanceof ArrayBuffer) return [new Uint8Array(body), body.byteLength];
  if (ArrayBuffer.isView(body)) return [Buffer.from(body.buffer, body.byteOffset, body.byteLength), body.byteLength];
  const { body: stream, headers } = new Response(body);
  const type = headers.get("content-type") ?? "";
  if (body instanceof URLSearchParams) return [String(body), String(body).length, type];
  return [stream as ReadableStream<Uint8Array>, body instanceof Blob ? body.size : undefined, type];
}
