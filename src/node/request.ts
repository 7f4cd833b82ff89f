import { refused } from "./errors.js";

/** A request in Node's terms. */
export interface PreparedRequest {
  /** Without the fragment. */
  readonly url: string;
  readonly target: Readonly<Record<"protocol" | "hostname" | "port" | "path" | "method", string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
}

export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  throw refused("its address must be a URL of http: or https:, without credentials");
}

export function prepareRequest(
  { protocol, hostname, host, port, pathname, search, origin }: URL,
  init: RequestInit,
): PreparedRequest {
  const method = (init.method ?? "GET").toUpperCase();
  if (/^(CONNECT|TRACE|TRACK)$/.test(method)) throw refused("its method is not allowed");
  const headers = prepareHeaders(host, init.headers);
  const declared = headers["content-length"];
  const [body, known, type] = prepareBody(init.body);
  const length = known ?? (declared === undefined ? undefined : Number(declared));
  if (body !== undefined && /^(GET|HEAD)$/.test(method)) throw refused(`${method} has no body`);
  if (declared !== undefined && (!/^\d+$/.test(declared) || Number(declared) !== length))
    throw refused("its content-length is not the length of its body");
  if (type) headers["content-type"] ??= type;
  if (length === undefined) headers["transfer-encoding"] = "chunked";
  // Sent also without a body, by the methods that usually have one.
  else if (body !== undefined || /^P/.test(method)) headers["content-length"] = String(length);
  // Node writes a text together with the headers, in UTF-8: a byte above ASCII in a header would become two.
  const isAscii = typeof body !== "string" || Object.values(headers).every((value) => /^[\0-\x7f]*$/.test(value));
  const path = pathname + search;
  const target = { protocol, hostname: hostname.replace(/^\[|\]$/g, ""), port, path, method };
  return { url: origin + path, target, headers, content: isAscii ? body : Buffer.from(body) };
}

/** Names and values are checked by Node, before it asks for a connection. */
function prepareHeaders(host: string, given: RequestInit["headers"] = {}): Record<string, string> {
  const headers: Record<string, string> = { host };
  for (const [name, value] of Symbol.iterator in given ? new Headers(given) : Object.entries(given)) {
    const key = name.toLowerCase();
    // A caller's own could make a server read the request in another way than a proxy before it.
    if (/^(connection|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/.test(key))
      throw refused(`the header ${key} belongs to the connection`);
    headers[key] = String(value);
  }
  headers.accept ??= "*/*";
  headers["user-agent"] ??= "node";
  // A range counts the bytes as they are stored, so it must not be compressed.
  headers["accept-encoding"] ??= "range" in headers ? "identity" : "gzip, br";
  return headers;
}

/** A body with its length and type, where they are known. Bytes are not copied: they may be a part of 64 MiB. */
function prepareBody(body: RequestInit["body"]): [PreparedRequest["content"], number | undefined, string?] {
  if (body === undefined || body === null) return [undefined, 0];
  if (typeof body === "string") return [body, Buffer.byteLength(body), "text/plain;charset=UTF-8"];
  if (body instanceof ArrayBuffer) return [new Uint8Array(body), body.byteLength];
  if (ArrayBuffer.isView(body)) return [Buffer.from(body.buffer, body.byteOffset, body.byteLength), body.byteLength];
  const { body: stream, headers } = new Response(body);
  const type = headers.get("content-type") ?? "";
  if (body instanceof URLSearchParams) return [String(body), Buffer.byteLength(String(body)), type];
  return [stream as ReadableStream<Uint8Array>, body instanceof Blob ? body.size : undefined, type];
}
