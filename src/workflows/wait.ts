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

/** How to wait. */
export interface WaitOptions<T = unknown> extends PaceOptions {
  /** Milliseconds between the first two looks; each later wait is half as long again, a quarter more or less by chance. @default 1000 */
  readonly pollMs?: number | undefined;
  /** No wait between two looks is longer, in milliseconds. @default 15000 */
  readonly maxPollMs?: number | undefined;
  /** Receives what was read, each time. */
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
      if (!isTransient(failure)) throw failure;
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

const anInstanceGoal = /* @__PURE__ */ oneOf("running", "terminated");

/**
 * Waits until an instance has the status `goal`. `running` means that it has a machine; for a login wait with `waitForSsh`.
 *
 * Calls `instances.get` (`GET /preview/v2/instances/{id}`), again and again; it changes nothing. A resource path is looked up once and followed by id.
 * @param options `deadlineMs` is 15 minutes unless set; without allocation on its pool an instance can wait far longer
 * @throws {WaitError} `reason: "unreachable"` as soon as the instance is `terminated` or `failed`, `"deadline"` when the time is up; `last` holds the instance
 * @throws {ApiError} `not_found` when there is no such instance
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
  // Terminated is final; a failed instance can still be terminated, but does not run again.
  return hasEnded(status) && goal === "running" ? "unreachable" : "pending";
}

/** Whether an instance in this status will never run again. */
export function hasEnded(status: string): boolean {
  return status === "terminated" || status === "failed";
}

/** What is known of an instance on its way to a login. */
export interface SshProgress {
  readonly instance: Instance;
  /** `undefined` until the details exist. */
  readonly ssh: InstanceSshInfo | undefined;
}

/**
 * Waits until an instance runs and says where to log in. Fetching and booting the image can take 10 minutes after `running`. That the details
 * exist does not prove that `sshd` answers yet; who may log in is set by `cloud_init_user_data`. Without it there is no SSH, also on a replacement,
 * which does not inherit it: then the wait ends at once.
 *
 * Calls `instances.get` and `instances.getSsh` (`GET …/ssh`), again and again; it changes nothing.
 * @param options `deadlineMs` is 20 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the instance is `terminated` or `failed` or has no startup script, `"deadline"` when the time is up
 * @throws {ApiError} `not_found` when there is no such instance
 */
export async function waitForSsh(
  sfc: Pick<Resources, "instances">,
  idOrPath: string,
  options: WaitOptions<SshProgress> = {},
): Promise<InstanceSshInfo> {
  let id = idOrPath;
  const read = async (call: CallOptions): Promise<SshProgress> => {
    // Asked each time: the 404 of a machine that still boots and of one that is gone look the same.
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

/** A script is given with the start or never. A field that is missing proves nothing. */
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
 * Waits until an image is `completed`, so that instances can boot it; for programs that did not upload it themselves.
 *
 * Calls `images.get` (`GET /preview/v2/images/{id}`), again and again; it changes nothing. A resource path is looked up once and followed by id.
 * @param options `deadlineMs` is 15 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when the upload `failed` or the image is `revoked`, `"deadline"` when the time is up
 * @throws {ApiError} `not_found` when there is no such image
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

/** Statuses after which nothing more happens to an order. */
const final: readonly string[] = ["filled", "cancelled", "rejected"];

/**
 * Waits for an order: until nothing more can happen to it (`"settled"`: filled, cancelled or rejected, whichever), or until it is `"filled"`.
 * An order that may stand settles when it is filled, cancelled, or its time is over; `partially_filled` is still active.
 *
 * Calls `orders.get` (`GET /preview/v2/orders/{id}`), again and again; it changes nothing.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when `"filled"` was wanted and the order is `cancelled` or `rejected` (what did fill is in `last`), `"deadline"` when the time is up
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
 * Calls `poolTransfers.get` (`GET /preview/v2/pool_transfers/{id}`), again and again; it changes nothing.
 * @param options `deadlineMs` is 5 minutes unless set
 * @throws {WaitError} `reason: "unreachable"` when it was `rejected`, with the service's reason in the message; `"deadline"` when the time is up
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
