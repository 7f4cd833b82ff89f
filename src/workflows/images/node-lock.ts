import type { Runtime } from "../../wrappers/options.js";
import { codeOf, isRunning, nodeFiles } from "./node-file.js";

/** The clocks that a lock needs. */
type Clock = Pick<Runtime, "dateMs" | "setTimeout" | "clearTimeout">;

export interface FileLock {
  release(): Promise<void>;
}

/** The process that holds a lock. */
interface Owner {
  readonly pid: number;
  /** Distinguishes it from a later process with the same id; empty where the system does not say. */
  readonly started: string;
  /** Where the id is valid: one boot of one machine, and within it one container. */
  readonly system: string;
}

/** Between the creation of a lock and the name of its owner in it. */
const namingMs = 10_000;
/** How often an owner refreshes its lock, and how long the lock holds without that where the owner cannot be looked up. */
const refreshMs = 60_000;
const leaseMs = 5 * refreshMs;

/**
 * Creates a lock file, unless a running process holds it; `undefined` then. The file outlives a process that is killed, so it names its owner: when that one has
 * ended, the next process takes the lock. An owner on another machine or in another container counts as ended when it has not refreshed its lock for five minutes.
 */
export async function acquireLock(path: string, clock: Clock): Promise<FileLock | undefined> {
  // Each turn the lock was released or removed meanwhile; to meet that ten times is to be late.
  for (let turn = 0; turn < 10; turn++) {
    if (await createLock(path)) return openLock(path, clock);
    const state = await stateOf(path, clock);
    if (state === "held") return undefined;
    if (state === "stale" && !(await removeStale(path, clock))) return undefined;
  }
  return undefined;
}

/** One process at a time looks again and removes: otherwise the last of several would remove the lock that the first one has taken meanwhile. */
async function removeStale(path: string, clock: Clock): Promise<boolean> {
  const removal = await acquireLock(`${path}.stale`, clock);
  if (removal === undefined) return false;
  try {
    if ((await stateOf(path, clock)) === "stale") await nodeFiles().rm(path, { force: true });
    return true;
  } finally {
    await removal.release();
  }
}

/** `false`: the file exists. */
async function createLock(path: string): Promise<boolean> {
  const owner = JSON.stringify(await thisProcess());
  try {
    await nodeFiles().writeFile(path, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // It was created, but its owner could not be written: the disk is full.
    if (codeOf(error) === "ENOSPC") await nodeFiles().rm(path, { force: true });
    throw error;
  }
}

function openLock(path: string, clock: Clock): FileLock {
  let timer: unknown;
  const refreshLater = () => {
    timer = clock.setTimeout(refresh, refreshMs);
    // It is the download that keeps the process running.
    (timer as { unref?: () => void } | undefined)?.unref?.();
  };
  const refresh = () => {
    const seconds = clock.dateMs() / 1_000;
    nodeFiles()
      .utimes(path, seconds, seconds)
      .catch(() => undefined);
    refreshLater();
  };
  refreshLater();
  return {
    release: async () => {
      clock.clearTimeout(timer);
      // A lock that stays is stale when this process ends.
      await nodeFiles()
        .rm(path, { force: true })
        .catch(() => undefined);
    },
  };
}

async function stateOf(path: string, clock: Clock): Promise<"free" | "held" | "stale"> {
  try {
    const owner = readOwner(await nodeFiles().readFile(path, "utf8"));
    if (owner && owner.system === (await thisSystem())) return (await isAlive(owner)) ? "held" : "stale";
    const { mtimeMs } = await nodeFiles().stat(path);
    return clock.dateMs() - mtimeMs > (owner ? leaseMs : namingMs) ? "stale" : "held";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "free";
    throw error;
  }
}

function readOwner(text: string): Owner | undefined {
  try {
    const { pid, started, system } = JSON.parse(text) as Partial<Owner>;
    if (!Number.isSafeInteger(pid) || typeof started !== "string" || typeof system !== "string") return undefined;
    return { pid: pid as number, started, system };
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  if (!isRunning(pid)) return false;
  const startedNow = await startOf(pid);
  return startedNow === undefined || started === "" || startedNow === started;
}

async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, started: (await startOf(process.pid)) ?? "", system: await thisSystem() };
}

/** When a process started, in the system's own unit; `undefined` where that cannot be read. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // After the name, which may contain anything: the state is the first field, the start the twentieth.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /^[ZX]/.test(fields[0] ?? "") ? "ended" : fields[19];
}

async function thisSystem(): Promise<string> {
  const boot = await read("/proc/sys/kernel/random/boot_id");
  if (boot === undefined) return process.getBuiltinModule("node:os").hostname();
  const ids = await nodeFiles()
    .readlink("/proc/self/ns/pid")
    .catch(() => "");
  return `${boot.trim()} ${ids}`;
}

/** A file of Linux's; other systems do not have it. */
async function read(path: string): Promise<string | undefined> {
  return nodeFiles()
    .readFile(path, "utf8")
    .catch(() => undefined);
}
