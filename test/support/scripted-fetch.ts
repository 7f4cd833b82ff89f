import type { Fetch } from "../../src/wrappers/options.js";
import { notSent } from "../../src/wrappers/timeout.js";

/** The result of one request. Its argument is the signal of the request, which ends a stall. */
export type Step = (signal: AbortSignal) => Response | Promise<Response>;

/** A request that the client passed to `fetch`. */
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

/** A `fetch` with a scripted sequence of results, one step per request: `scriptedFetch(reset(), status(503), json({ id: "ordr_1" }))`. */
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

/** A `fetch` with the same step for every request. */
export function always(step: Step): ScriptedFetch {
  return scriptedFetch(...Array.from<Step>({ length: 20_000 }).fill(step));
}

export const json =
  (body: unknown, code = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(JSON.stringify(body), { status: code, headers: { "content-type": "application/json", ...headers } });

/** A response with an error body of the service. */
export const status =
  (code: number, headers: Record<string, string> = {}, type = "api_error"): Step =>
  () =>
    json({ error: { type, message: `status ${code}` } }, code, headers)(new AbortController().signal);

export const text =
  (body: string | null, code = 200, headers: Record<string, string> = {}): Step =>
  () =>
    new Response(body, { status: code, headers });

/** A response whose `ok` contradicts its status, which a custom `fetch` can return. */
export const contradicting =
  (step: Step): Step =>
  async (signal) =>
    contradict(await step(signal));

export function contradict(response: Response): Response {
  return Object.defineProperty(response, "ok", { value: !response.ok });
}

export const noContent = (): Step => () => new Response(null, { status: 204 });

/** The connection was never established. */
export const refused = (): Step => () =>
  Promise.reject(systemFailure("connect ECONNREFUSED", { code: "ECONNREFUSED", syscall: "connect" }));

/** The host name is unknown. */
export const unknownHost = (): Step => () =>
  Promise.reject(systemFailure("getaddrinfo ENOTFOUND", { code: "ENOTFOUND", syscall: "getaddrinfo" }));

/** The connection broke after the client began to send the request. */
export const reset = (): Step => () =>
  Promise.reject(systemFailure("read ECONNRESET", { code: "ECONNRESET", syscall: "read" }));

/** A failure that has only the code of the system error. */
export const failed =
  (code: string): Step =>
  () =>
    Promise.reject(systemFailure(code, { code }));

/** Never responds. */
export const stall = (): Step => (signal) => new Promise((_, reject) => onAbort(signal, () => reject(signal.reason)));

/** Never responds, and ignores the signal. */
export const deafStall = (): Step => () => new Promise(() => undefined);

/** Never responds, and reports on abort that nothing was sent. */
export const unsent = (): Step => (signal) =>
  new Promise((_, reject) =>
    onAbort(signal, () => {
      (signal.reason as { [notSent]: () => void })[notSent]();
      reject(signal.reason);
    }),
  );

/** Sends the headers and the start of the body, and then nothing. */
export const stallInBody =
  (start = '{"id": "or'): Step =>
  (signal) =>
    streamed((controller) => {
      controller.enqueue(new TextEncoder().encode(start));
      onAbort(signal, () => controller.error(signal.reason));
    });

/** Sends the headers and the start of the body, and then the connection breaks. */
export const resetInBody = (): Step => () =>
  streamed((controller) => {
    controller.enqueue(new TextEncoder().encode('{"id": "or'));
    controller.error(systemFailure("other side closed", { code: "UND_ERR_SOCKET" }));
  });

function streamed(start: (controller: ReadableStreamDefaultController<Uint8Array>) => void): Response {
  return new Response(new ReadableStream<Uint8Array>({ start }), { headers: { "content-type": "application/json" } });
}

/** An error in the form of Node's `fetch`, with the system error as its cause. */
function systemFailure(message: string, words: { code: string; syscall?: string }): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(message), words) });
}

function onAbort(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run();
  else signal.addEventListener("abort", run, { once: true });
}
