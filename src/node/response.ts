import type { ResponseBody } from "./body.js";

export type Head = Readonly<{ url: string; status: number; statusText: string; rawHeaders: readonly string[] }>;

/**
 * A response that is cheap to create and to read as text. All other access to the body goes to a platform `Response`, which is created on first use. It
 * has no reference to its request, so printing it shows no token.
 */
export class NodeResponse extends Response {
  override readonly status: number;
  override readonly statusText: string;
  override readonly ok: boolean;
  override readonly type = "basic";
  readonly #head: Head;
  /** `""` once the body has been read as text. */
  #body: ResponseBody | "" | null;
  #platform: Response | undefined;

  constructor(head: Head, body: ResponseBody | null, platform?: Response) {
    super();
    // Defined here, because the platform accepts fewer values of both than a server can send.
    this.status = head.status;
    this.statusText = head.statusText;
    this.ok = head.status >= 200 && head.status < 300;
    const { rawHeaders: raw } = head;
    for (let n = 1; n < raw.length; n += 2) this.headers.append(raw[n - 1] as string, raw[n] as string);
    this.#head = head;
    this.#body = body;
    this.#platform = platform;
    body?.cancelWith(this);
  }

  /** A getter, so that it is not printed: the query of a presigned URL is a credential. */
  override get url(): string {
    return this.#head.url;
  }

  override text(): Promise<string> {
    const body = this.#body;
    // The platform's response has the stream, and the caller may have read from it.
    if (!body || this.#platform !== undefined) return this.platform().text();
    this.#body = "";
    return body.text();
  }

  override async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  override clone(): NodeResponse {
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

/**
 * Replaces the inherited members that `NodeResponse` does not implement: they would read the body that it does not have. Called before the first response,
 * so that importing the module has no effect.
 */
export function extendPlatformResponse(): void {
  for (const name of Reflect.ownKeys(Response.prototype)) {
    if (Object.hasOwn(NodeResponse.prototype, name) || name === "headers" || name === Symbol.toStringTag) continue;
    function get(this: NodeResponse) {
      const member: unknown = Reflect.get(this.platform(), name);
      return typeof member === "function" ? member.bind(this.platform()) : member;
    }
    Object.defineProperty(NodeResponse.prototype, name, { get, configurable: true });
  }
  // The platform's method for printing would show the URL.
  Object.defineProperty(NodeResponse.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: undefined });
}
