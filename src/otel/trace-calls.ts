import { type Context, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { server as defaultBaseUrl } from "../generated/server.js";
import { type Check, type Checks, checkedElsewhere, checkValue, readOptions } from "../wrappers/checks.js";
import type {
  ErrorEvent,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  SfcEvent,
  SuccessEvent,
} from "../wrappers/events.js";
import { readEnvironment } from "../wrappers/options.js";
import { isFailure, operationAttributes, resendAttributes, serverAttributes, statusAttributes } from "./attributes.js";

/** Options of `traceCalls`. */
export interface TraceOptions {
  /** @default the tracer `sfc-preview-sdk` of the global provider, which may be registered later */
  tracer?: Tracer | undefined;
  /** The client's `baseUrl`, when it has one; for `server.address` and `server.port`. @default `SF_BASE_URL`, else the server that the API description names */
  baseUrl?: string | undefined;
}

const traceChecks: Checks<TraceOptions> = {
  tracer: [(value) => typeof (value as Tracer).startSpan === "function", "must be a Tracer"],
  baseUrl: checkedElsewhere,
};

const aUrl: Check = [(value) => typeof value === "string" && URL.canParse(value), "must be a URL"];

/** A call that has started but not ended. */
interface OpenCall {
  readonly span: Span;
  readonly within: Context;
  attempt: Span | undefined;
}

/**
 * Creates OpenTelemetry spans from a client's events, by the semantic conventions for HTTP clients. Each call has a span, a child of the span that is active
 * when the call is made. Each attempt has a child span of the call's. Requires `@opentelemetry/api`.
 *
 * ```ts
 * const sfc = new SfcClient({ onEvent: traceCalls() });
 * ```
 *
 * No span contains the token, an idempotency key, a header other than the request id, a body, a resource id or a query. One listener can serve several
 * clients with the same `baseUrl`.
 * @throws {UsageError} when an option is invalid
 */
export function traceCalls(options: TraceOptions = {}): (event: SfcEvent) => void {
  const given = readOptions(options, traceChecks);
  const tracer = given.tracer ?? trace.getTracer("sfc-preview-sdk");
  const variable = given.baseUrl === undefined ? readEnvironment("SF_BASE_URL") : undefined;
  const baseUrl = given.baseUrl ?? variable ?? defaultBaseUrl;
  checkValue(baseUrl, aUrl, variable === undefined ? "options.baseUrl" : "SF_BASE_URL");
  const server = serverAttributes(baseUrl);
  const open = new Map<number, OpenCall>();

  const findOrOpenCall = (event: SfcEvent): OpenCall => {
    const known = open.get(event.call);
    if (known) return known;
    const span = tracer.startSpan(event.operation, { kind: SpanKind.INTERNAL, attributes: operationAttributes(event) });
    const call = { span, within: trace.setSpan(context.active(), span), attempt: undefined };
    open.set(event.call, call);
    return call;
  };

  const startAttempt = (event: RequestEvent) => {
    const call = findOrOpenCall(event);
    // Middleware may send another request in the same attempt, after one without a response.
    failAttempt(call);
    const attributes = { ...operationAttributes(event), ...server, ...resendAttributes(event.attempt) };
    const name = `${event.method} ${event.path}`;
    call.attempt = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, call.within);
  };

  const endAttemptWithResponse = (event: ResponseEvent) => {
    const call = findOrOpenCall(event);
    call.attempt?.setAttributes(statusAttributes(event.status));
    if (event.requestId !== undefined)
      call.attempt?.setAttribute("http.response.header.x-request-id", [event.requestId]);
    endAttempt(call, isFailure(event.status));
  };

  const endAttemptWithRetry = (event: RetryEvent) => {
    const call = findOrOpenCall(event);
    failAttempt(call);
    call.span.addEvent("retry", { "sfc.retry.delay_ms": event.delayMs });
  };

  const endCall = (event: SuccessEvent | ErrorEvent) => {
    const call = findOrOpenCall(event);
    // Deleted first, so that a tracer that throws does not keep the call in memory.
    open.delete(event.call);
    const errorType = findErrorType(event);
    if (call.attempt && errorType !== undefined) call.attempt.setAttribute("error.type", errorType);
    endAttempt(call, errorType !== undefined);
    call.span.setAttributes({
      "sfc.attempts": event.attempt,
      ...(event.status !== undefined && { "http.response.status_code": event.status }),
      ...(errorType !== undefined && { "error.type": errorType }),
      ...(event.type === "error" && event.error.ambiguous && { "sfc.ambiguous": true }),
    });
    if (errorType !== undefined) call.span.setStatus({ code: SpanStatusCode.ERROR });
    call.span.end();
  };

  return (event) => {
    if (event.type === "request") startAttempt(event);
    else if (event.type === "response") endAttemptWithResponse(event);
    else if (event.type === "retry") endAttemptWithRetry(event);
    else endCall(event);
  };
}

/** Ends the span of the current attempt, if any, as failed without a complete response. */
function failAttempt(call: OpenCall): void {
  call.attempt?.setAttribute("error.type", "no_response");
  endAttempt(call, true);
}

/** Ends the span of the current attempt, if any. Errors have no description, because it would repeat the status, or quote the service. */
function endAttempt(call: OpenCall, failed: boolean): void {
  if (failed) call.attempt?.setStatus({ code: SpanStatusCode.ERROR });
  call.attempt?.end();
  call.attempt = undefined;
}

/** Returns a status or the class of an error for `error.type`: few distinct values, so that they can be counted. */
function findErrorType(event: SuccessEvent | ErrorEvent): string | undefined {
  if (event.type === "success") return undefined;
  return event.status !== undefined && isFailure(event.status) ? String(event.status) : event.error.name;
}
