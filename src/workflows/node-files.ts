import type { FileHandle } from "node:fs/promises";
import { UsageError } from "../wrappers/errors.js";
import type { Runtime } from "../wrappers/options.js";
import { TransferError } from "./errors.js";
import { type Manifest, type ManifestStore, type OpenSource, parseManifest } from "./upload-source.js";

/** Node's file API. It is not imported, because bundlers for browsers and workers fail at the import, even if no path is ever used. */
export function nodeFiles(): typeof import("node:fs/promises") {
  const files = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files;
  throw new UsageError("path", "cannot be used in a runtime without node:fs; pass a Blob or a stream");
}

/** The code of a system error, for example `ENOENT`. */
export function systemErrorCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

const explanations: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EISDIR: "it is a directory",
  ENOSPC: "the disk is full; free space and call again to continue",
  EDQUOT: "the disk quota is used up; free space and call again to continue",
  EFBIG: "the file system does not allow files of this size",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
};

/** Explains a system error from writing a file. */
export function describeSystemError(error: unknown): string {
  const code = systemErrorCode(error) ?? "unknown error";
  const explanation = explanations[code];
  return explanation === undefined ? code : `${explanation} (${code})`;
}

export function dirname(path: string): string {
  return process.getBuiltinModule("node:path").dirname(path);
}

/** Whether a process with this id exists. It may belong to any user. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) !== "ESRCH";
  }
}

/** Makes a rename in the folder of this file survive a power failure, if the system supports that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await nodeFiles().open(dirname(path), "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows and some network file systems cannot sync folders.
  }
}

/** Fills `bytes` from an offset, or from the end of the previous read. Returns fewer than `bytes.length` only at the end of the file. */
export async function fillFrom(file: FileHandle, bytes: Uint8Array, offset?: number): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const at = offset === undefined ? null : offset + filled;
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, at);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Opens a file as a source. */
export async function openFile(path: string): Promise<OpenSource> {
  const file = await openRegular(path).catch((error: unknown) => {
    if (UsageError.is(error)) throw error;
    throw new UsageError("source", `${path} cannot be read (${systemErrorCode(error)})`);
  });
  const { size, mtimeMs } = await file.stat();
  return {
    size,
    modifiedMs: mtimeMs,
    fill: (bytes) =>
      fillFrom(file, bytes).catch((error: unknown) => {
        const message = `${path} could not be read to its end (${systemErrorCode(error)}).`;
        throw new TransferError("failed", message, undefined, { path, cause: error });
      }),
    isUnchanged: async () => {
      const now = await file.stat();
      return now.size === size && now.mtimeMs === mtimeMs;
    },
    close: () => file.close(),
  };
}

/** Opens a regular file. Refuses a pipe without opening it, because that would wait for its other end. */
async function openRegular(path: string): Promise<FileHandle> {
  if ((await nodeFiles().stat(path)).isFile()) return nodeFiles().open(path, "r");
  throw new UsageError("source", `${path} is not a regular file; pass a stream of its bytes instead`);
}

/** Distinguishes the temporary files of uploads within one process. */
let writes = 0;

/** Stores a manifest in a file. A new version is written to a temporary file, flushed and renamed, so that a crash leaves either the old or the new one. */
export function manifestFile(path: string): ManifestStore {
  return {
    place: path,
    read: () =>
      withRecord(path, "read", async () => {
        const text = await nodeFiles()
          .readFile(path, "utf8")
          .catch((error: unknown) => {
            if (systemErrorCode(error) === "ENOENT") return undefined;
            throw error;
          });
        return text === undefined ? undefined : parseManifest(text, path);
      }),
    write: (manifest) =>
      withRecord(path, "written", () => replaceFile(path, `${JSON.stringify(manifest, null, 1)}\n`), manifest),
    remove: () =>
      withRecord(path, "removed", async () => {
        await nodeFiles().rm(path, { force: true });
        await removeLeftovers(path);
      }),
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  // The name is unique for each process and write, because two uploads of one file may write at the same time.
  const temporary = `${path}.${process.pid}-${++writes}.new`;
  try {
    const file = await nodeFiles().open(temporary, "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await nodeFiles().rename(temporary, path);
  } catch (error) {
    await nodeFiles()
      .rm(temporary, { force: true })
      .catch(() => undefined);
    throw error;
  }
  await syncFolder(path);
}

/** Removes temporary files of processes that were killed while writing. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await nodeFiles().readdir(folder);
  for (const name of names) {
    const [, pid] = /\.(\d+)-\d+\.new$/.exec(name) ?? [];
    const belongsToRecord = pid !== undefined && path.endsWith(name.slice(0, name.lastIndexOf(`.${pid}-`)));
    if (belongsToRecord && !isRunning(Number(pid))) await nodeFiles().rm(`${folder}/${name}`, { force: true });
  }
}

/** Converts errors of the file system to `TransferError`s that name the record. */
async function withRecord<T>(path: string, verb: string, work: () => Promise<T>, manifest?: Manifest): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemErrorCode(error) === undefined || TransferError.is(error)) throw error;
    const message = `the upload's record ${path} cannot be ${verb}: ${describeSystemError(error)}. Set \`resume\` to another path, or set \`resume: false\`.`;
    throw new TransferError("record", message, manifest?.imageId, { path, cause: error });
  }
}

/** The clocks that a lock needs. */
type Clock = Pick<Runtime, "dateMs" | "setTimeout" | "clearTimeout">;

export interface FileLock {
  release(): Promise<void>;
}

/** The process that holds a lock. */
interface Owner {
  readonly pid: number;
  /** The start time, which distinguishes it from a later process with the same id. Empty if the system does not report it. */
  readonly started: string;
  /** Identifies the boot of the machine and the container in which the id is valid. */
  readonly system: string;
}

/** How long an owner may take to write its entry into a lock file that it has created. */
const ownerWriteMs = 10_000;
/** How often an owner refreshes its lock. If the owner cannot be checked, a lock is stale after `leaseMs` without a refresh. */
const refreshMs = 60_000;
const leaseMs = 5 * refreshMs;

/**
 * Creates a lock file. Returns `undefined` when a running process holds the lock. The file remains when its process is killed, so it names its owner.
 * Once the owner has ended, the next process takes the lock. An owner on another machine or in another container counts as ended if it has not
 * refreshed its lock for five minutes.
 */
export async function acquireLock(path: string, clock: Clock): Promise<FileLock | undefined> {
  // The lock can be released between two steps, so this tries again, up to ten times.
  for (let turn = 0; turn < 10; turn++) {
    if (await createLock(path)) return openLock(path, clock);
    const state = await readLockState(path, clock);
    if (state === "held") return undefined;
    if (state === "stale" && !(await removeStale(path, clock))) return undefined;
  }
  return undefined;
}

/** Removes a stale lock, one process at a time, so that none deletes a lock that another process has just taken. */
async function removeStale(path: string, clock: Clock): Promise<boolean> {
  const removal = await acquireLock(`${path}.stale`, clock);
  if (removal === undefined) return false;
  try {
    if ((await readLockState(path, clock)) === "stale") await nodeFiles().rm(path, { force: true });
    return true;
  } finally {
    await removal.release();
  }
}

/** Creates the lock file. Returns `false` when it exists already. */
async function createLock(path: string): Promise<boolean> {
  const owner = JSON.stringify(await describeProcess());
  try {
    await nodeFiles().writeFile(path, owner, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    // The file was created, but the owner could not be written, because the disk is full.
    if (systemErrorCode(error) === "ENOSPC") await nodeFiles().rm(path, { force: true });
    throw error;
  }
}

function openLock(path: string, clock: Clock): FileLock {
  let timer: unknown;
  const refreshLater = () => {
    timer = clock.setTimeout(refresh, refreshMs);
    // The timer must not keep the process running.
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
      // If the lock cannot be removed, it is stale once this process has ended.
      await nodeFiles()
        .rm(path, { force: true })
        .catch(() => undefined);
    },
  };
}

async function readLockState(path: string, clock: Clock): Promise<"free" | "held" | "stale"> {
  try {
    const owner = readOwner(await nodeFiles().readFile(path, "utf8"));
    if (owner && owner.system === (await identifySystem())) return (await isAlive(owner)) ? "held" : "stale";
    const { mtimeMs } = await nodeFiles().stat(path);
    return clock.dateMs() - mtimeMs > (owner ? leaseMs : ownerWriteMs) ? "stale" : "held";
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return "free";
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
  const startedNow = await readStartTime(pid);
  return startedNow === undefined || started === "" || startedNow === started;
}

async function describeProcess(): Promise<Owner> {
  return { pid: process.pid, started: (await readStartTime(process.pid)) ?? "", system: await identifySystem() };
}

/** Reads the start time of a process, in the system's own unit; `undefined` if it cannot be read. */
async function readStartTime(pid: number): Promise<string | undefined> {
  const stat = await read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The process name may contain any character, so the fields are split after it. The first one is the state, the twentieth the start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return /^[ZX]/.test(fields[0] ?? "") ? "ended" : fields[19];
}

async function identifySystem(): Promise<string> {
  const boot = await read("/proc/sys/kernel/random/boot_id");
  if (boot === undefined) return process.getBuiltinModule("node:os").hostname();
  const ids = await nodeFiles()
    .readlink("/proc/self/ns/pid")
    .catch(() => "");
  return `${boot.trim()} ${ids}`;
}

/** Reads a file of Linux's /proc; `undefined` on other systems. */
async function read(path: string): Promise<string | undefined> {
  return nodeFiles()
    .readFile(path, "utf8")
    .catch(() => undefined);
}
