import type { FileHandle } from "node:fs/promises";
import { UsageError } from "../../wrappers/errors.js";
import type { Manifest, ManifestStore } from "./manifest.js";
import type { OpenSource } from "./source.js";
import type { DownloadTarget } from "./target.js";

/** Node's files, without an import: bundlers for browsers and workers stop at one, even where no path is ever given. */
function nodeFiles(): typeof import("node:fs/promises") {
  const files = (globalThis as { process?: Partial<NodeJS.Process> }).process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files;
  throw new UsageError("path", "there are no files here; give a Blob or a stream");
}

/** Reads a file once, from its start to its end. */
export async function openFile(path: string): Promise<OpenSource> {
  const file = await nodeFiles()
    .open(path, "r")
    .catch((error: { code?: string }) => {
      throw new UsageError("source", `${path} cannot be read (${error.code})`);
    });
  const { size, mtimeMs } = await file.stat();
  return {
    size,
    modifiedMs: mtimeMs,
    fill: (bytes) => fillFrom(file, bytes),
    isUnchanged: async () => {
      const now = await file.stat();
      return now.size === size && now.mtimeMs === mtimeMs;
    },
    close: () => file.close(),
  };
}

async function fillFrom(file: FileHandle, bytes: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** A manifest in a file. It is written beside itself and moved, so that a crash leaves the old one or the new one. */
export function manifestFile(path: string): ManifestStore {
  return {
    place: path,
    read: async () => {
      try {
        return JSON.parse(await nodeFiles().readFile(path, "utf8")) as Manifest;
      } catch (error) {
        if ((error as { code?: string }).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write: async (manifest) => {
      await nodeFiles().writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 1)}\n`);
      await nodeFiles().rename(`${path}.new`, path);
    },
    remove: () => nodeFiles().rm(path, { force: true }),
  };
}

/** Collects a download in `PATH.part`, which becomes `PATH` when it is complete and verified. */
export async function openTarget(path: string): Promise<DownloadTarget> {
  const partial = `${path}.part`;
  const file = await nodeFiles().open(partial, "a+");
  const { size } = await file.stat();
  return {
    stored: size,
    readStored: (bytes) => fillFrom(file, bytes),
    write: async (bytes) => {
      await file.appendFile(bytes);
    },
    restart: () => file.truncate(0),
    finish: async () => {
      await file.sync();
      await file.close();
      await nodeFiles().rename(partial, path);
    },
    discard: async () => {
      await file.close();
      await nodeFiles().rm(partial, { force: true });
    },
    keep: () => file.close(),
  };
}
