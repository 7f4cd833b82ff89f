import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { DownloadTarget, TargetRequest } from "./download.js";
import { TransferError } from "./errors.js";
import {
  acquireLock,
  describeSystemError,
  dirname,
  type FileLock,
  fillFrom,
  nodeFiles,
  syncFolder,
  systemErrorCode,
} from "./node-files.js";
import { sha256 } from "./runtime.js";

/** The file is hashed in pieces of this size, so that other work can run in between. */
const pieceBytes = 4 * 1024 ** 2;

/** The file that a download creates, and the partial file that its bytes are written to. */
interface Place extends TargetRequest {
  readonly path: string;
  readonly partial: string;
}

/**
 * Writes a download to `PATH.part`, which is renamed to `PATH` when the bytes on disk are verified. `PATH.part.lock` prevents a second download. If
 * the process is killed, both files remain, and the next process continues.
 */
export async function openPartialFile(path: string, request: TargetRequest): Promise<DownloadTarget> {
  const place = { ...request, path, partial: `${path}.part` };
  return withPath(place, async () => {
    const partial = await readStats(place.partial);
    if (partial === undefined || partial.nlink === 1n) await checkPath(place);
    const lock = await lockPartialFile(place);
    try {
      const file = await openPartial(place);
      return new PartialFile(place, lock, file, Number((await file.stat()).size));
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

/** Converts errors of the file system to `TransferError`s that name the path. */
async function withPath<T>({ path, imageId }: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemErrorCode(error) === undefined || TransferError.is(error)) throw error;
    throw new TransferError("target", `${path} cannot be written: ${describeSystemError(error)}.`, imageId, {
      path,
      cause: error,
    });
  }
}

function targetError({ path, imageId }: Place, message: string): TransferError {
  return new TransferError("target", message, imageId, { path });
}

function changedError(place: Place): TransferError {
  return targetError(
    place,
    `another process changed, moved or removed ${place.partial} during the download. Download the image again.`,
  );
}

async function checkPath(place: Place): Promise<void> {
  const { path, imageId } = place;
  const found = await readStats(path);
  if (found === undefined) return;
  // A symbolic link, such as `/dev/stdout`, is judged by its target. A dangling link has no target.
  const target = await nodeFiles()
    .stat(path)
    .catch(() => undefined);
  if (target && !target.isFile()) {
    const kind = target.isDirectory() ? "a directory" : "not a regular file";
    throw targetError(place, `${path} is ${kind}. Pass the path of a file.`);
  }
  if (place.overwrite) return;
  const message = `${path} already exists. Pass another path, or set \`overwrite: true\` to replace it.`;
  throw new TransferError("exists", message, imageId, { path });
}

/** The stats of the path itself: symbolic links are not followed. */
async function readStats(path: string): Promise<BigIntStats | undefined> {
  try {
    return await nodeFiles().lstat(path, { bigint: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

async function lockPartialFile({ path, partial, imageId, pace }: Place): Promise<FileLock> {
  const lockPath = `${partial}.lock`;
  const lock = await acquireLock(lockPath, pace.runtime);
  if (lock) return lock;
  const message = `another download to ${path} is running. Wait for it. If you are sure that it has ended, remove ${lockPath}.`;
  throw new TransferError("busy", message, imageId, { path });
}

/** Opens the partial file. Called while the lock is held. */
async function openPartial(place: Place): Promise<FileHandle> {
  const { partial } = place;
  let found = await readStats(partial);
  if (found && !found.isFile()) {
    throw targetError(place, `${partial} is not a regular file. Remove it, or pass another path.`);
  }
  if (found && found.nlink > 1n) {
    // The file has a second name (hard link). It belongs to another program, or to a download that was killed after it had created `PATH`.
    await nodeFiles().rm(partial);
    found = undefined;
  }
  await checkPath(place);
  await checkRoom(place, Number(found?.size ?? 0));
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = nodeFiles().constants;
  const file = await nodeFiles().open(partial, O_RDWR | O_NOFOLLOW | (found ? 0 : O_CREAT | O_EXCL));
  if (found === undefined || isSame(found, await file.stat({ bigint: true }))) return file;
  await file.close();
  throw changedError(place);
}

async function checkRoom(place: Place, storedBytes: number): Promise<void> {
  const room = await nodeFiles()
    .statfs(dirname(place.path))
    .catch(() => undefined);
  // Some network file systems do not report their free space.
  if (room === undefined || room.blocks === 0) return;
  const freeBytes = room.bavail * room.bsize;
  const neededBytes = place.sizeBytes - storedBytes;
  if (freeBytes >= neededBytes) return;
  const message = `${place.path} needs ${neededBytes} bytes, but its disk has ${freeBytes} left. Free space, or pass another path.`;
  throw targetError(place, message);
}

class PartialFile implements DownloadTarget {
  readonly #place: Place;
  readonly #lock: FileLock;
  readonly #file: FileHandle;
  readonly storedBytes: number;
  #verified: BigIntStats | undefined;

  constructor(place: Place, lock: FileLock, file: FileHandle, storedBytes: number) {
    this.#place = place;
    this.#lock = lock;
    this.#file = file;
    this.storedBytes = storedBytes;
  }

  write(bytes: Uint8Array, offset: number): Promise<void> {
    return withPath(this.#place, async () => {
      for (let written = 0; written < bytes.length; ) {
        const rest = bytes.length - written;
        written += (await this.#file.write(bytes, written, rest, offset + written)).bytesWritten;
      }
    });
  }

  restart = (): Promise<void> => withPath(this.#place, () => this.#file.truncate(0));

  /** Hashes the bytes on disk, which are not always those that were received. */
  hash(): Promise<string> {
    return withPath(this.#place, async () => {
      await this.#file.sync();
      const { sizeBytes, pace } = this.#place;
      const synced = await this.#file.stat({ bigint: true });
      if (synced.size !== BigInt(sizeBytes)) throw changedError(this.#place);
      const hash = await sha256();
      const buffer = new Uint8Array(Math.min(pieceBytes, sizeBytes));
      for (let offset = 0; offset < sizeBytes; ) {
        const got = await pace.within(() => fillFrom(this.#file, buffer, offset));
        if (got === 0) throw changedError(this.#place);
        hash.update(buffer.subarray(0, got));
        offset += got;
      }
      this.#verified = synced;
      return hash.hex();
    });
  }

  finish(): Promise<void> {
    return withPath(this.#place, async () => {
      if (!(await this.#isUnchanged())) throw changedError(this.#place);
      await this.#file.close();
      await move(this.#place);
      await syncFolder(this.#place.path);
      await this.#lock.release();
    });
  }

  async discard(): Promise<void> {
    const isOurs = await this.#isUnchanged().catch(() => false);
    if (isOurs) await nodeFiles().rm(this.#place.partial, { force: true });
    await this.keep();
  }

  async keep(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await this.#lock.release();
  }

  /** Whether `PATH.part` is still the file that was verified, without any writes since then. */
  async #isUnchanged(): Promise<boolean> {
    const now = await readStats(this.#place.partial);
    const then = this.#verified;
    return (
      now !== undefined &&
      then !== undefined &&
      isSame(now, then) &&
      now.size === then.size &&
      now.mtimeNs === then.mtimeNs
    );
  }
}

async function move(place: Place): Promise<void> {
  const { path, partial, overwrite } = place;
  const { link, rename, rm } = nodeFiles();
  if (overwrite) return rename(partial, path);
  try {
    // A link, unlike a rename, never replaces a file.
    await link(partial, path);
  } catch (error) {
    await checkPath(place);
    if (systemErrorCode(error) === "ENOENT") throw changedError(place);
    // Some file systems do not support links.
    return rename(partial, path);
  }
  await rm(partial, { force: true });
}
