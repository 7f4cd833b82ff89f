import { refused } from "./failure.js";

/** A request's body, as it is sent. */
export interface OutgoingBody {
  /** At once, or piece by piece. */
  readonly content: string | Uint8Array | ReadableStream<Uint8Array>;
  /** In bytes; `undefined` where only the end will tell. */
  readonly length: number | undefined;
  readonly type: string | undefined;
}

export function readBody(body: RequestInit["body"]): OutgoingBody | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return textBody(body, "text/plain;charset=UTF-8");
  if (body instanceof URLSearchParams) return textBody(String(body), "application/x-www-form-urlencoded;charset=UTF-8");
  if (body instanceof ArrayBuffer) return bytesBody(new Uint8Array(body));
  if (ArrayBuffer.isView(body)) return bytesBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  if (body instanceof Blob) return { content: body.stream(), length: body.size, type: body.type || undefined };
  if (body instanceof ReadableStream) return streamBody(body);
  return formBody(body);
}

function textBody(content: string, type: string): OutgoingBody {
  return { content, length: Buffer.byteLength(content), type };
}

/** The bytes are not copied: they may be a part of 64 MiB. */
function bytesBody(content: Uint8Array): OutgoingBody {
  return { content, length: content.length, type: undefined };
}

function streamBody(content: ReadableStream<Uint8Array>): OutgoingBody {
  if (content.locked) throw refused("its body is a stream that somebody else reads");
  return { content, length: undefined, type: undefined };
}

function formBody(form: FormData): OutgoingBody {
  const { body, headers } = new Response(form);
  return {
    content: body as ReadableStream<Uint8Array>,
    length: undefined,
    type: headers.get("content-type") ?? undefined,
  };
}
