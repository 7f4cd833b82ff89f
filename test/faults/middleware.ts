import type { Middleware } from "../../src/wrappers/middleware.js";
import type { Cell, Outcome } from "./cell.js";

/** Middleware that does not change a call, so that the rules demand the same result of every cell. */
export const harmless: readonly Middleware[] = [
  (request, next) => next(request),
  async (request, next) => {
    const response = await next({ ...request, headers: { ...request.headers, "x-trace": String(request.attempt) } });
    // After this read, the caller must still get the body.
    await response.text();
    return response;
  },
];

const success = () => Response.json({ id: "made_up", data: [], has_more: false });

/** Middleware that breaks a rule, each in a different way. */
export const forbidden: Readonly<Record<string, Middleware>> = {
  "changes the method": (request, next) => next({ ...request, method: request.method === "GET" ? "POST" : "GET" }),
  "changes the key": (request, next) =>
    next({ ...request, headers: { ...request.headers, "idempotency-key": `another-${request.attempt}` } }),
  "changes the operation": (request, next) => next({ ...request, operation: "another.method" }),
  "changes the URL of a repeat": (request, next) =>
    next(request.attempt === 1 ? request : { ...request, url: `${request.url}?again=1` }),
  "changes the body of a repeat": (request, next) =>
    next(request.attempt === 1 || request.method === "GET" ? request : { ...request, body: '{"name":"another"}' }),
  "calls next twice": async (request, next) => {
    await next(request).catch(() => undefined);
    return next(request);
  },
  "calls next twice at once": async (request, next) => {
    const [first] = await Promise.all([next(request), next(request)]);
    return first;
  },
  "does not wait for next": async (request, next) => {
    next(request).catch(() => undefined);
    return success();
  },
  "makes a success of a failure": async (request, next) => {
    const response = await next(request).catch(success);
    return response.ok ? response : success();
  },
  "makes a failure of a success": async (request, next) => {
    await next(request);
    return new Response("", { status: 503 });
  },
  "makes a 404 of every repeat": async (request, next) =>
    request.attempt === 1
      ? next(request)
      : Response.json({ error: { type: "not_found", message: "gone" } }, { status: 404 }),
  "throws before next": async () => {
    throw new Error("broken");
  },
  "throws before the next of a repeat": async (request, next) => {
    if (request.attempt > 1) throw new Error("broken");
    return next(request);
  },
  "throws after next": async (request, next) => {
    await next(request).catch(() => undefined);
    throw new Error("broken");
  },
  "returns no response": async (request, next) => {
    await next(request).catch(() => undefined);
    return undefined as unknown as Response;
  },
};

/** A result that no middleware may cause: a second effect, a hang, an untyped error, a hidden effect, or a false success. */
export function violationOf(name: string, { operation, fault }: Cell, outcome: Outcome): string | undefined {
  const { effects, ended, ambiguous } = outcome;
  if (effects > 1) return `${effects} effects`;
  if (ended === "hang" || ended === "untyped") return ended;
  if (effects > 0 && ended !== "success" && !ambiguous && operation.retry !== "read") return "a hidden effect";
  // Middleware may replace a response that was received. A request without a complete response stays a failure.
  const mayReplace =
    /makes a success|does not wait/.test(name) && ["status", "garble", "nothing"].includes(fault.shows.as);
  const isInvented = effects === 0 && ended === "success" && operation.retry === "unsafe" && !fault.commits;
  if (isInvented && !mayReplace) return "a success that did not happen";
  const sendsNothing = /^changes the (method|key|operation)$|^throws before next$/.test(name);
  return sendsNothing && (ended !== "UsageError" || outcome.attempts > 0) ? "a request that was sent" : undefined;
}
