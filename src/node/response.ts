import type { ResponseBody } from "./body.js";

export type Head = Readonly<{ url: string; status: number; statusText: string; rawHeaders: readonly string[] }>;

/**
 * A response that costs next to nothing until more than its text is asked for: headers are made then, and a `Response` of the platform around the body, for
 * everything that is not here. It does not know its request, so that printing it shows no token.
 */
export class NodeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly type = "basic";
  readonly #head: Head;
  /** `""` once it has been read as text. */
  #body: ResponseBody | "" | null;
  #headers: NodeHeaders | undefined;
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

  /** A getter, so that it is not printed: the query of a presigned URL is a password. */
  get url(): string {
    return this.#head.url;
  }

  get headers(): Headers {
    this.#headers ??= new NodeHeaders(this.#head.rawHeaders);
    return this.#headers as unknown as Headers;
  }

  text(): Promise<string> {
    const body = this.#body;
    // A caller who has the stream may have read from it.
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

  /** The platform's own, for everything about the body but `text()`. */
  platform(): Response {
    if (this.#platform !== undefined) return this.#platform;
    const body = this.#body ? this.#body.stream(this) : this.#body;
    const headers = { "content-type": this.headers.get("content-type") ?? "" };
    this.#platform = new Response(body, { headers });
    // It stands for a body that has been read.
    if (body === "") void this.#platform.text();
    return this.#platform;
  }
}

/** Headers of a response, which cost nothing until they are read. */
class NodeHeaders {
  readonly #raw: readonly string[];
  #platform: Headers | undefined;

  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    if (this.#platform !== undefined) return this.#platform.get(name);
    const key = name.toLowerCase();
    const values = this.#raw.filter((_, n) => n % 2 === 1 && this.#raw[n - 1]?.toLowerCase() === key);
    return values.length > 0 ? values.join(", ") : null;
  }

  /** The platform's own, for everything but `get`. */
  platform(): Headers {
    const pairs = () => this.#raw.flatMap((name, n) => (n % 2 ? [] : [[name, `${this.#raw[n + 1]}`] as const]));
    this.#platform ??= new Headers(pairs() as [string, string][]);
    return this.#platform;
  }
}

/** Called before the first response is made: it has all that this platform's `Response` has. Importing the module has no effect. */
export function extendPlatformResponse(): void {
  if (NodeResponse.prototype instanceof Response) return;
  extend(NodeHeaders.prototype, Headers.prototype);
  extend(NodeResponse.prototype, Response.prototype);
  // The platform's own way of printing shows the address.
  Object.defineProperty(NodeResponse.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: undefined });
}

function extend(prototype: { platform(): object }, platform: object): void {
  for (const name of Reflect.ownKeys(platform)) {
    if (name in prototype || name === Symbol.toStringTag) continue;
    function get(this: { platform(): object }) {
      const member: unknown = Reflect.get(this.platform(), name, this.platform());
      return typeof member === "function" ? member.bind(this.platform()) : member;
    }
    Object.defineProperty(prototype, name, { get, configurable: true });
  }
  Object.setPrototypeOf(prototype, platform);
}
