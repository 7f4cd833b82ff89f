import type { FileHandle } from "node:fs/promises";
import { UsageError } from "../../wrappers/errors.js";
import { TransferError } from "../errors.js";
import type { OpenSource } from "./source.js";

/** Node's files, without an import: bundlers for browsers and workers stop at one, even where no path is ever given. */
export function nodeFiles(): typeof import("node:fs/promises") {
  const files = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files;
  throw new UsageError("path", "there are no files here; give a Blob or a stream");
}

/** The system's code for an error, for example `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
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

/** What a system error means for a file that is written. */
export function explain(error: unknown): string {
  const code = codeOf(error) ?? "unknown error";
  const explanation = explanations[code];
  return explanation === undefined ? code : `${explanation} (${code})`;
}

export function folderOf(path: string): string {
  return process.getBuiltinModule("node:path").dirname(path);
}

/** Whether a process with this id exists, under any user. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** Makes a rename in the folder of this file survive a power failure, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await nodeFiles().open(folderOf(path), "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows and some network file systems do not sync folders.
  }
}

/** Fills the bytes from an offset, or from where the last read ended. Fewer come only at the end of the file. */
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

/** Opens a file to be read once, from its start to its end. */
export async function openFile(path: string): Promise<OpenSource> {
  const file = await openRegular(path).catch((error: unknown) => {
    if (UsageError.is(error)) throw error;
    throw new UsageError("source", `${path} cannot be read (${codeOf(error)})`);
  });
  const { size, mtimeMs } = await file.stat();
  return {
    size,
    modifiedMs: mtimeMs,
    fill: (bytes) =>
      fillFrom(file, bytes).catch((error: unknown) => {
        const message = `${path} cannot be read any further (${codeOf(error)}).`;
        throw new TransferError("failed", message, undefined, { path, cause: error });
      }),
    isUnchanged: async () => {
      const now = await file.stat();
      return now.size === size && now.mtimeMs === mtimeMs;
    },
    close: () => file.close(),
  };
}

/** Opening a pipe would wait for its other end. */
async function openRegular(path: string): Promise<FileHandle> {
  if ((await nodeFiles().stat(path)).isFile()) return nodeFiles().open(path, "r");
  throw new UsageError("source", `${path} is not a regular file; give a stream of its bytes instead`);
}
