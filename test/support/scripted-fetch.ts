import type { Fetch } from "../../src/wrappers/options.js";
import { notSent } from "../../src/wrappers/timeout.js";

/** What one request met. It is given the request's signal, which a stall ends on. */
export type Step = (signal: AbortSignal) => Response | Promise<Response>;

/** A request as the client handed it over. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  readonly init: RequestInit;
}

export interface ScriptedFetch extends Fetch {
  readonly requests: SentRequest[];
}

/** A `fetch` that plays a story, one step per request: `scriptedFetch(reset(), status(503), json({ id: "ordr_1" }))`. */
export function scriptedFetch(...steps: Step[]): ScriptedFetch {
  const requests: SentRequest[] = [];
  const fetch: Fetch = async (url, init) => {
    const signal = init.signal as AbortSignal;
    const headers = init.headers as Record<string, string>;
    requests.push({ url, method: init.method ?? "", headers, body: init.body as string | undefined, signal, init });
    const step = steps[requests.length - 1];
    if (step === undefined) throw new Error(`the script has ${steps.length} steps; request ${requests.length} came`);
    return step(signal);
  };
  return Object.assign(fetch, { requests });
}

/** The same step for every request. */
export function always(step: Step): ScriptedFetch {
  return scriptedFetch(...Array.from<Step>({ length: 20_000 }).fill(step));
}

export const json =
  (body: unknown, code = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(JSON.stringify(body), { status: code, headers: { "content-type": "application/json", ...headers } });

/** The service's own error body. */
export const status =
  (code: number, headers: Record<string, string> = {}, type = "api_error"): Step =>
  () =>
    json({ error: { type, message: `status ${code}` } }, code, headers)(new AbortController().signal);

export const text =
  (body: string | null, code = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(body, { status: code, headers });

/** A response whose `ok` contradicts its status, as a `fetch` of the caller's can return it. */
export const contradicting =
  (step: Step): Step =>
  async (signal) =>
    contradict(await step(signal));

export function contradict(response: Response): Response {
  return Object.defineProperty(response, "ok", { value: !response.ok });
}

export const noContent = (): Step => () => new Response(null, { status: 204 });

/** The connection was never made. */
export const refused = (): Step => () =>
  Promise.reject(systemFailure("connect ECONNREFUSED", { code: "ECONNREFUSED", syscall: "connect" }));

/** The name of the host is unknown. */
export const unknownHost = (): Step => () =>
  Promise.reject(systemFailure("getaddrinfo ENOTFOUND", { code: "ENOTFOUND", syscall: "getaddrinfo" }));

/** The connection broke after the request began to leave. */
export const reset = (): Step => () =>
  Promise.reject(systemFailure("read ECONNRESET", { code: "ECONNRESET", syscall: "read" }));

/** The system's code for a failure, and nothing else. */
export const failed =
  (code: string): Step =>
  () =>
    Promise.reject(systemFailure(code, { code }));

/** Never responds. */
export const stall = (): Step => (signal) => new Promise((_, reject) => onAbort(signal, () => reject(signal.reason)));

/** Never responds, and the signal is ignored too. */
export const deafStall = (): Step => () => new Promise(() => undefined);

/** No answer, and a report on abort that nothing was sent. */
export const unsent = (): Step => (signal) =>
  new Promise((_, reject) =>
    onAbort(signal, () => {
      (signal.reason as { [notSent]: () => void })[notSent]();
      reject(signal.reason);
    }),
  );

/** Headers and the start of the body, then nothing. */
export const stallInBody =
  (start = '{"id": "or'): Step =>
  (signal) =>
    streamed((controller) => {
      controller.enqueue(new TextEncoder().encode(start));
      onAbort(signal, () => controller.error(signal.reason));
    });

/** Headers and the start of the body, then the connection breaks. */
export const resetInBody = (): Step => () =>
  streamed((controller) => {
    controller.enqueue(new TextEncoder().encode('{"id": "or'));
    controller.error(systemFailure("other side closed", { code: "UND_ERR_SOCKET" }));
  });

function streamed(start: (controller: ReadableStreamDefaultController<Uint8Array>) => void): Response {
  return new Response(new ReadableStream<Uint8Array>({ start }), { headers: { "content-type": "application/json" } });
}

/** As Node's `fetch` words it: the system's error is the cause. */
function systemFailure(message: string, words: { code: string; syscall?: string }): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), words) });
}

function onAbort(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run();
  else signal.addEventListener("abort", run, { once: true });
}
