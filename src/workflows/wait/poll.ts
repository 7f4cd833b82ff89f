import { aDuration, aFunction, type Checks, checkValue, readOptions } from "../../wrappers/checks.js";
import type { CallOptions } from "../../wrappers/options.js";
import { WaitError } from "../errors.js";
import { aDeadline, isPassing, Pace, type PaceOptions, pacedChecks } from "../pace.js";

/** How to wait. */
export interface WaitOptions<T = unknown> extends PaceOptions {
  /** Milliseconds between the first two looks; each later wait is half as long again, a quarter more or less by chance. @default 1000 */
  readonly pollMs?: number | undefined;
  /** No wait between two looks is longer, in milliseconds. @default 15000 */
  readonly maxPollMs?: number | undefined;
  /** Told what was read, each time. */
  readonly onPoll?: ((value: T) => void) | undefined;
}

const waitChecks: Checks<WaitOptions> = /* @__PURE__ */ pacedChecks<WaitOptions>({
  pollMs: aDuration,
  maxPollMs: aDuration,
  onPoll: aFunction,
});

/** What a state means for the goal. Anything unknown is `"pending"`: new statuses appear without notice. */
export type Verdict = "reached" | "pending" | "unreachable";

/** What is waited for. */
export interface Watched<T> {
  /** For messages: `instance inst_1`. */
  readonly what: string;
  /** For messages: `"running"`. */
  readonly goal: string;
  /** Reads once. Pass the options on to each call: they hold the signal and the time that remains. */
  read(options: CallOptions): Promise<T>;
  stateOf(value: T): string;
  verdict(value: T): Verdict;
  /** What the service says about a state that excludes the goal. */
  reasonOf?(value: T): string | null | undefined;
}

/**
 * Looks until the goal is reached; what the other waiters are made of, for goals of your own. A failure that may pass does not end the wait; the deadline does.
 * @throws {WaitError} `"unreachable"` when the verdict says so, `"deadline"` when the time is up
 */
export async function waitUntil<T>(
  watched: Watched<T>,
  options: WaitOptions<T>,
  defaultDeadlineMs: number,
): Promise<T> {
  checkValue(defaultDeadlineMs, aDeadline, "defaultDeadlineMs");
  // The caller's own read may ignore the options that bound it.
  return watch(watched, options, defaultDeadlineMs, (pace) => pace.within(() => watched.read(pace.callOptions())));
}

/** The same for a read that passes its options on to each call. */
export async function watch<T>(
  watched: Watched<T>,
  waitOptions: WaitOptions<T>,
  defaultDeadlineMs: number,
  read: (pace: Pace) => Promise<T> = (pace) => watched.read(pace.callOptions()),
): Promise<T> {
  const options = readOptions<WaitOptions<T>>(waitOptions, waitChecks);
  const pace = new Pace(options, defaultDeadlineMs);
  const waits = pollWaits(options, pace);
  let last: T | undefined;
  let failure: unknown;
  let failures = 0;
  do {
    const outcome = await read(pace).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ("value" in outcome) {
      last = outcome.value;
      failures = 0;
      failure = undefined;
      options.onPoll?.(last);
      const verdict = watched.verdict(last);
      if (verdict === "reached") return last;
      if (verdict === "unreachable") throw unreachable(watched, last);
    } else {
      failure = outcome.error;
      failures += 1;
      if (!isPassing(failure)) throw failure;
    }
    await pace.pause(waits.next().value, failures, failure);
  } while (!pace.isOver());
  throw overdue(watched, last, failure);
}

function* pollWaits(
  { pollMs = 1_000, maxPollMs = 15_000 }: WaitOptions<never>,
  { runtime }: Pace,
): Generator<number, never> {
  for (let wait = Math.min(pollMs, maxPollMs); ; wait = Math.min(wait * 1.5, maxPollMs)) {
    // Many waiters that started together must not look together.
    yield wait * (0.75 + runtime.random() / 2);
  }
}

function unreachable<T>({ what, goal, stateOf, reasonOf }: Watched<T>, last: T): WaitError<T> {
  const state = stateOf(last);
  const reason = reasonOf?.(last);
  const message = `${what} is ${state}${reason ? ` (${reason})` : ""}; it cannot become ${goal} any more.`;
  return new WaitError("unreachable", message, state, last);
}

function overdue<T>({ what, goal, stateOf }: Watched<T>, last: T | undefined, failure: unknown): WaitError<T> {
  const state = last === undefined ? undefined : stateOf(last);
  const seen = state === undefined ? "could not be read" : `was last seen ${state}`;
  return new WaitError("deadline", `${what} did not become ${goal} in time; it ${seen}.`, state, last, failure);
}
