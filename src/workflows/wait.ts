import type { Resources } from "../generated/resources/index.js";
import type { Image, Instance, InstanceSshInfo, Order, PoolTransfer } from "../generated/types.js";
import { aDuration, aFunction, type Checks, checkValue, oneOf, readOptions } from "../wrappers/checks.js";
import { ApiError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import { WaitError } from "./errors.js";
import { aDeadline, isTransient, Pace, type PaceOptions, pacedChecks } from "./runtime.js";

const fiveMinutesMs = 5 * 60_000;
const fifteenMinutesMs = 15 * 60_000;
const twentyMinutesMs = 20 * 60_000;

/** Options of every `waitFor…` function and of `waitUntil`. */
export interface WaitOptions<T = unknown> extends PaceOptions {
  /** Milliseconds between the first two reads. Each later interval is 1.5 times as long, with 25 % jitter. @default 1000 */
  readonly pollMs?: number | undefined;
  /** Longest interval between two reads, in milliseconds, before jitter. @default 15000 */
  readonly maxPollMs?: number | undefined;
  /** Called with the value after each successful read. It may be async; its error ends the wait. */
  readonly onPoll?: ((value: T) => void) | undefined;
}

const waitChecks: Checks<WaitOptions> = /* @__PURE__ */ pacedChecks<WaitOptions>({
  pollMs: aDuration,
  maxPollMs: aDuration,
  onPoll: aFunction,
});

/** The meaning of a state for the goal. Return `"pending"` for unknown states, because new statuses can appear without notice. */
export type Verdict = "reached" | "pending" | "unreachable";

/** Defines what `waitUntil` reads, and how each state is judged. */
export interface Watched<T> {
  /** For messages: `instance inst_1`. */
  readonly what: string;
  /** For messages: `"running"`. */
  readonly goal: string;
  /** Reads once. Pass the options to each call: they carry the signal and the time that remains. */
  read(options: CallOptions): Promise<T>;
  stateOf(value: T): string;
  verdict(value: T): Verdict;
  /** The service's reason for a state from which the goal cannot be reached. It is part of the error message. */
  reasonOf?(value: T): string | null | undefined;
}

/**
 * Polls until a goal of your own is reached. The `waitFor…` functions are built on it. Transient failures (connection errors, timeouts, 408, 429 and
 * 5xx) do not end the wait, and `Retry-After` is obeyed up to an hour.
 * @param defaultDeadlineMs used when `options.deadlineMs` is not set; `Infinity`: no limit
 * @throws {WaitError} `reason: "unreachable"` when the verdict is `"unreachable"`, `"deadline"` at the deadline
 * @throws {AbortError} when `signal` aborts
 */
export async function waitUntil<T>(
  watched: Watched<T>,
  options: WaitOptions<T>,
  defaultDeadlineMs: number,
): Promise<T> {
  checkValue(defaultDeadlineMs, aDeadline, "defaultDeadlineMs");
  // The caller's `read` may ignore its options, so the limits are applied to it as a whole.
  return watch(watched, options, defaultDeadlineMs, (pace) => pace.within(() => watched.read(pace.callOptions())));
}

/** Like `waitUntil`, for a read that passes its options to each call. */
async function watch<T>(
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
      await pace.settle(options.onPoll?.(last));
      const verdict = watched.verdict(last);
      if (verdict === "reached") return last;
      if (verdict === "unreachable") throw unreachable(watched, last);
    } else {
      failure = outcome.error;
      failures += 1;
      if (!isTransient(failure)) throw failure;
    }
    await pace.pause(waits.next().value, failures, failure);
  } while (!pace.isOver());
  throw deadlineError(watched, last, failure);
}

function* pollWaits(
  { pollMs = 1_000, maxPollMs = 15_000 }: WaitOptions<never>,
  { runtime }: Pace,
): Generator<number, never> {
  for (let wait = Math.min(pollMs, maxPollMs); ; wait = Math.min(wait * 1.5, maxPollMs)) {
    // With jitter, waits that started together do not read at the same time.
    yield wait * (0.75 + runtime.random() / 2);
  }
}

function unreachable<T>({ what, goal, stateOf, reasonOf }: Watched<T>, last: T): WaitError<T> {
  const state = stateOf(last);
  const reason = reasonOf?.(last);
  const message = `${what} is ${state}${reason ? ` (${reason})` : ""}; it cannot become ${goal}.`;
  return new WaitError("unreachable", message, state, last);
}

function deadlineError<T>({ what, goal, stateOf }: Watched<T>, last: T | undefined, failure: unknown): WaitError<T> {
  const state = last === undefined ? undefined : stateOf(last);
  const seen = state === undefined ? "could not be read" : `was last seen ${state}`;
  return new WaitError(
    "deadline",
    `${what} did not become ${goal} before the deadline; it ${seen}.`,
    state,
    last,
    failure,
  );
}

const anInstanceGoal = /* @__PURE__ */ oneOf("running", "terminated");

/**
 * Waits until an instance has the status `goal`. `running` means that the instance has a machine; to log in, wait with `waitForSsh`.
 *
 * Calls `instances.get` (`GET /preview/v2/instances/{id}`) until the wait ends. Read-only, so a repeat is safe. A resource path is resolved once and
 * then followed by id, so a rename does not end the wait.
 * @param options `deadlineMs` is 15 minutes unless set; without allocation on its pool an instance can wait far longer
 * @throws {WaitError} `reason: "unreachable"` as soon as the instance is `terminated` or `failed`, `"deadline"` at the deadline; `last` is the
 * instance as last read
 * @throws {ApiError} `not_found` when the instance does not exist
 */
export async function waitForInstance(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  goal: "running" | "terminated",
  options: WaitOptions<Instance> = {},
): Promise<Instance> {
  checkValue(goal, anInstanceGoal, "goal");
  let id = idOrPath;
  const read = async (call: object) => {
    const instance = await sfc.instances.get(id, call);
    id = instance.id;
    return instance;
  };
  const stateOf = ({ status }: Instance) => status;
  const verdict = (instance: Instance) => judgeInstance(stateOf(instance), goal);
  return watch({ what: `instance ${idOrPath}`, goal, read, stateOf, verdict }, options, fifteenMinutesMs);
}

function judgeInstance(status: string, goal: "running" | "terminated"): Verdict {
  if (status === goal) return "reached";
  // `terminated` is final. A failed instance can still be terminated, but does not run again.
  return hasEnded(status) && goal === "running" ? "unreachable" : "pending";
}

/** Whether an instance in this status will never run again. */
export function hasEnded(status: string): boolean {
  return status === "terminated" || status === "failed";
}

/** The instance, and its SSH details once they exist. */
export interface SshProgress {
  readonly instance: Instance;
  /** `undefined` until the details exist. */
  readonly ssh: InstanceSshInfo | undefined;
}

/**
 * Waits until an instance is `running` and its SSH host and port are known. Fetching and booting the image can take 10 minutes after `running`. The
 * details do not prove that `sshd` accepts connections yet. `cloud_init_user_data` determines who may log in; an instance without it has no SSH
 * access, and the wait ends at once. A replacement does not inherit it.
 *
 * Calls `instances.get` and `instances.getSsh` (`GET …/ssh`) until the wait ends. Read-only, so a repeat is safe.
 * @param options `deadlineMs` is 20 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the instance is `terminated` or `failed` or has no startup script, `"deadline"` at the deadline
 * @throws {ApiError} `not_found` when the instance does not exist
 */
export async function waitForSsh(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  options: WaitOptions<SshProgress> = {},
): Promise<InstanceSshInfo> {
  let id = idOrPath;
  const read = async (call: CallOptions): Promise<SshProgress> => {
    // The instance is read each time, because `getSsh` returns the same 404 for a machine that is booting and for one that is gone.
    const instance = await sfc.instances.get(id, call);
    id = instance.id;
    return { instance, ssh: instance.status === "running" ? await readSsh(sfc, id, call) : undefined };
  };
  const { ssh } = await watch(
    {
      what: `instance ${idOrPath}`,
      goal: "reachable by SSH",
      read,
      stateOf: ({ instance }) => instance.status,
      verdict: ({ instance, ssh }) => (ssh ? "reached" : cannotHaveLogin(instance) ? "unreachable" : "pending"),
      reasonOf: ({ instance }) =>
        hasNoScript(instance) ? "started without cloud_init_user_data, so without SSH" : undefined,
    },
    options,
    twentyMinutesMs,
  );
  return ssh as InstanceSshInfo;
}

function cannotHaveLogin(instance: Instance): boolean {
  return hasEnded(instance.status) || hasNoScript(instance);
}

/** Whether the instance certainly has no startup script, which can be set only at creation. A missing field proves nothing. */
function hasNoScript({ cloud_init_user_data_used: used }: Instance): boolean {
  return used === false;
}

async function readSsh(
  { instances }: Pick<Resources, "instances">,
  id: string,
  call: CallOptions,
): Promise<InstanceSshInfo | undefined> {
  try {
    return await instances.getSsh(id, call);
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Waits until an image is `completed`, so that instances can boot it. For programs that did not upload it themselves.
 *
 * Calls `images.get` (`GET /preview/v2/images/{id}`) until the wait ends. Read-only, so a repeat is safe. A resource path is resolved once and then
 * followed by id, so a rename does not end the wait.
 * @param options `deadlineMs` is 15 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the upload `failed` or the image is `revoked`, `"deadline"` at the deadline
 * @throws {ApiError} `not_found` when the image does not exist
 */
export function waitForImage(
  sfc: Pick<Resources, "images">,
  idOrPath: string,
  options: WaitOptions<Image> = {},
): Promise<Image> {
  let id = idOrPath;
  return watch(
    {
      what: `image ${idOrPath}`,
      goal: "completed",
      read: async (call) => {
        const image = await sfc.images.get(id, call);
        id = image.id;
        return image;
      },
      stateOf: ({ upload_status }) => upload_status,
      verdict: ({ upload_status: status }) =>
        status === "completed" ? "reached" : status === "failed" || status === "revoked" ? "unreachable" : "pending",
    },
    options,
    fifteenMinutesMs,
  );
}

const anOrderGoal = /* @__PURE__ */ oneOf("settled", "filled");

/** Statuses that an order never leaves. */
const final: readonly string[] = ["filled", "cancelled", "rejected"];

/**
 * Waits until an order is `"settled"` (`filled`, `cancelled` or `rejected`: nothing more can happen to it), or until it is `"filled"`. A standing
 * order settles when it is filled or cancelled, or when its time is over; `partially_filled` is still active.
 *
 * Calls `orders.get` (`GET /preview/v2/orders/{id}`) until the wait ends. Read-only, so a repeat is safe.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the goal is `"filled"` and the order is `cancelled` or `rejected` (`last` has what did fill),
 * `"deadline"` at the deadline
 * @throws {ApiError} `not_found` when the order does not exist
 */
export async function waitForOrder(
  sfc: Pick<Resources, "orders">,
  id: string,
  goal: "settled" | "filled" = "settled",
  options: WaitOptions<Order> = {},
): Promise<Order> {
  checkValue(goal, anOrderGoal, "goal");
  return watch(
    {
      what: `order ${id}`,
      goal,
      read: (call) => sfc.orders.get(id, call),
      stateOf: ({ status }) => status,
      verdict: ({ status }) => judgeOrder(status, goal),
    },
    options,
    fiveMinutesMs,
  );
}

function judgeOrder(status: string, goal: "settled" | "filled"): Verdict {
  if (!final.includes(status)) return "pending";
  return goal === "settled" || status === "filled" ? "reached" : "unreachable";
}

/**
 * Waits until a pool transfer is `executed`.
 *
 * Calls `poolTransfers.get` (`GET /preview/v2/pool_transfers/{id}`) until the wait ends. Read-only, so a repeat is safe.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the transfer was `rejected`, with the service's reason in the message; `"deadline"` at the deadline
 * @throws {ApiError} `not_found` when the transfer does not exist
 */
export function waitForPoolTransfer(
  sfc: Pick<Resources, "poolTransfers">,
  id: string,
  options: WaitOptions<PoolTransfer> = {},
): Promise<PoolTransfer> {
  return watch(
    {
      what: `pool transfer ${id}`,
      goal: "executed",
      read: (call) => sfc.poolTransfers.get(id, call),
      stateOf: ({ status }) => status,
      verdict: ({ status }) => (status === "executed" ? "reached" : status === "rejected" ? "unreachable" : "pending"),
      reasonOf: ({ rejected_reason }) => rejected_reason,
    },
    options,
    fiveMinutesMs,
  );
}
