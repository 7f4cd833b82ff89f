/**
 * What openapi-fetch needs of a `Request`, and no more. A real one costs as much as the rest of the call, turns the body into a stream that
 * can be sent once only, and leaves a listener on the caller's signal.
 */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;

  constructor(url: string, { method = "GET", headers, body, signal }: RequestInit) {
    this.url = url;
    this.method = method;
    this.headers = headers as Headers;
    this.body = body as string | undefined;
    this.signal = signal ?? undefined;
  }

  /** Lets middleware hand back a real `Request`. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && "url" in value && "method" in value && "headers" in value;
  }

  async text(): Promise<string> {
    return this.body ?? "";
  }
}
