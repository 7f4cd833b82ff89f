import type { IncomingBody } from "./incoming-body.js";

/** What an answer says before its body. */
export interface ResponseHead {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** Names and values in one flat list. */
  readonly lines: readonly string[];
}

/**
 * An answer that is a `Response` to whoever looks at it, and costs next to nothing until then: headers and streams are made when they are asked for. It
 * knows nothing of its request, so printing it shows no token.
 */
export class NodeResponse implements Response {
  readonly #head: ResponseHead;
  #incoming: IncomingBody | undefined;
  #headers: Headers | undefined;
  /** A real one around the body; its own status and headers are nobody's. */
  #holder: Response | undefined;
  #used = false;

  constructor(head: ResponseHead, body: IncomingBody | Response | undefined) {
    this.#head = head;
    if (body instanceof Response) this.#holder = body;
    else this.#incoming = body;
  }

  get status(): number {
    return this.#head.status;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get statusText(): string {
    return this.#head.statusText;
  }

  get url(): string {
    return this.#head.url;
  }

  get redirected(): boolean {
    return false;
  }

  get type(): ResponseType {
    return "basic";
  }

  get headers(): Headers {
    this.#headers ??= headersOf(this.#head.lines);
    return this.#headers;
  }

  get body(): Response["body"] {
    return this.#hold().body;
  }

  get bodyUsed(): boolean {
    return this.#used || (this.#holder?.bodyUsed ?? false);
  }

  text(): Promise<string> {
    const incoming = this.#incoming;
    // Who has seen the stream may have read of it.
    if (incoming === undefined || this.#used || this.#holder !== undefined) return this.#hold().text();
    this.#used = true;
    return incoming.text();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#hold().arrayBuffer();
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  blob(): Promise<Blob> {
    return this.#hold().blob();
  }

  formData(): Promise<FormData> {
    return this.#hold().formData();
  }

  clone(): Response {
    return new NodeResponse(this.#head, this.#hold().clone());
  }

  #hold(): Response {
    this.#holder ??= this.#used ? usedUp() : this.#around(this.#incoming);
    return this.#holder;
  }

  #around(incoming: IncomingBody | undefined): Response {
    const type = this.headers.get("content-type");
    return new Response(incoming?.stream(this) ?? null, { headers: type === null ? {} : { "content-type": type } });
  }
}

/** Called before the first answer is made: `instanceof Response` holds, and what a newer Node adds to it is there. */
export function becomeResponse(): void {
  Object.setPrototypeOf(NodeResponse.prototype, Response.prototype);
  Object.defineProperty(NodeResponse.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value: print,
    configurable: true,
  });
}

type Inspect = (value: object, options: object) => string;

function print(this: Response, _: number, options: object, inspect: Inspect): string {
  const { status, statusText, ok, headers, bodyUsed } = this;
  const { origin, pathname } = new URL(this.url);
  // Without its query, which in a presigned URL is a password.
  return `Response ${inspect({ status, statusText, ok, url: origin + pathname, headers, bodyUsed }, options)}`;
}

/** What stands for a body that has been read. */
function usedUp(): Response {
  const response = new Response("");
  void response.text();
  return response;
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (let n = 0; n < lines.length; n += 2) headers.append(lines[n] as string, lines[n + 1] as string);
  return headers;
}
