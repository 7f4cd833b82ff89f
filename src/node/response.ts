import type { ResponseBody } from "./body.js";

export type Head = Readonly<{ url: string; status: number; statusText: string; rawHeaders: readonly string[] }>;

/**
 * A response that is cheap to create and to read as text. It creates a platform `Response` around the body when any member is used that this class does not
 * implement. It has no reference to its request, so printing it shows no token.
 */
export class NodeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly type = "basic";
  readonly #head: Head;
  /** `""` once the body has been read as text. */
  #body: ResponseBody | "" | null;
  #headers: Headers | undefined;
  #platform: Response | undefined;

  constructor(head: Head, body: ResponseBody | null, platform?: Response) {
    this.status = head.status;
    this.statusText = head.statusText;
    this.ok = head.status >= 200 && head.status < 300;
    this.#head = head;
    this.#body = body;
    this.#platform = platform;
    body?.cancelWith(this);
  }

  /** A getter, so that it is not printed: the query of a presigned URL is a credential. */
  get url(): string {
    return this.#head.url;
  }

  get headers(): Headers {
    this.#headers ??= readHeaders(this.#head.rawHeaders);
    return this.#headers;
  }

  text(): Promise<string> {
    const body = this.#body;
    // The platform's response has the stream, and the caller may have read from it.
    if (!body || this.#platform !== undefined) return this.platform().text();
    this.#body = "";
    return body.text();
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  clone(): NodeResponse {
    return new NodeResponse(this.#head, null, this.platform().clone());
  }

  /** The platform's `Response`, for all access to the body except `text()`. */
  platform(): Response {
    if (this.#platform !== undefined) return this.#platform;
    const body = this.#body ? this.#body.iterable(this) : this.#body;
    this.#platform = new Response(body as BodyInit | null, { headers: this.headers });
    // Marks its body as used too.
    if (body === "") void this.#platform.text();
    return this.#platform;
  }
}

function readHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let n = 1; n < raw.length; n += 2) headers.append(raw[n - 1] as string, raw[n] as string);
  return headers;
}

/** Adds the missing members of the platform's `Response` to `NodeResponse`. Called before the first response, so that importing the module has no effect. */
export function extendPlatformResponse(): void {
  const { prototype } = NodeResponse;
  if (prototype instanceof Response) return;
  for (const name of Reflect.ownKeys(Response.prototype)) {
    if (name in prototype || name === Symbol.toStringTag) continue;
    function get(this: NodeResponse) {
      const member: unknown = Reflect.get(this.platform(), name, this.platform());
      return typeof member === "function" ? member.bind(this.platform()) : member;
    }
    Object.defineProperty(prototype, name, { get, configurable: true });
  }
  Object.setPrototypeOf(prototype, Response.prototype);
  // The platform's method for printing would show the URL.
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), { value: undefined });
}
