import { SfcError } from "../../src/index.js";
import type { End, Result } from "./messages.js";

/** An error that the path client returned instead of throwing it. */
class ReturnedError extends Error {
  readonly status: number;
  readonly ambiguous: boolean;

  constructor(status: number) {
    super(`the path client returned the status ${status}`);
    this.status = status;
    // A gateway's response does not state the outcome of a write, and neither does a 429 in response to a retry.
    this.ambiguous = status >= 500 || status === 408 || status === 429;
  }
}

/** The result of a step for a caller that interprets errors as the SDK's documentation states. */
export async function endFor(work: () => Promise<Result>): Promise<End> {
  try {
    return { as: "ok", result: await work() };
  } catch (error) {
    if (error instanceof ReturnedError || SfcError.is(error)) {
      const { status, ambiguous, name, message, idempotencyKey } = error as ReturnedError & { idempotencyKey?: string };
      const text = `${name}: ${message}`;
      return ambiguous ? { as: "ambiguous", error: text, idempotencyKey } : { as: "fail", error: text, status };
    }
    return { as: "untyped", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The id that the path client returned. */
export async function idFrom({ data, response }: { data?: unknown; response: Response }): Promise<Result> {
  if (data === undefined) throw new ReturnedError(response.status);
  return { id: (data as { id: string }).id };
}
