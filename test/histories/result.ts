import { SfcError } from "../../src/index.js";
import type { End, Result } from "./messages.js";

/** A failure that the path client returned instead of throwing it. */
export class ReturnedError extends Error {
  readonly status: number;
  readonly ambiguous: boolean;

  constructor(status: number) {
    super(`the path client returned the status ${status}`);
    this.status = status;
    // It returns what the service sent. A gateway's response does not say what became of a write.
    this.ambiguous = status >= 500;
  }
}

/** How a step ends for its caller, who goes by what the SDK's documentation says about errors. */
export async function endFor(work: () => Promise<Result>): Promise<End> {
  try {
    return { as: "ok", result: await work() };
  } catch (error) {
    if (error instanceof ReturnedError || SfcError.is(error)) {
      const { status, ambiguous, name, message } = error as ReturnedError;
      const text = `${name}: ${message}`;
      return ambiguous ? { as: "ambiguous", error: text } : { as: "fail", error: text, status };
    }
    return { as: "untyped", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
