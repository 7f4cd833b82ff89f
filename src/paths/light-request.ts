/**
 * A minimal `Request` for openapi-fetch, used when there is no middleware. Creating a real one takes as long as the rest of the call, converts the body to
 * a stream that can be sent only once, and leaves a listener on the caller's signal.
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
