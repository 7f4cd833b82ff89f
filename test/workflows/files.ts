import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The smallest allowed part size. */
export const mib5 = 5 * 1024 ** 2;

/** Bytes in which no section equals another. */
export function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer, 0, length >>> 2);
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[i] = state;
  }
  return bytes;
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A folder for one test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "sfc-workflows-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export async function fileOf(bytes: Uint8Array, name = "image.qcow2"): Promise<string> {
  const path = join(await folder(), name);
  await writeFile(path, bytes);
  return path;
}
