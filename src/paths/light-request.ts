/**
 * A minimal `Request` for openapi-fetch, used when there is no middleware. A real one costs as much as the rest of the call, turns the body into
 * a stream that can be sent once only, and leaves a listener on the caller's signal.
 */
export class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: BodyInit | undefined;
  readonly signal: AbortSignal | undefined;

  constructor(url: string, { method = "GET", headers, body, signal }: RequestInit) {
    this.url = url;
    this.method = method;
    this.headers = headers as Headers;
    this.body = body ?? undefined;
    this.signal = signal ?? undefined;
  }
}
