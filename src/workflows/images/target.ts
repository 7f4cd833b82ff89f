import { UsageError } from "../../wrappers/errors.js";
import type { Pace } from "../pace.js";
import { sha256 } from "../sha256.js";

/** Where a download goes. */
export interface DownloadTarget {
  /** Bytes that an earlier download left here. */
  readonly storedBytes: number;
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Removes what is stored; `undefined` where that is not possible. */
  readonly restart: (() => Promise<void>) | undefined;
  /** SHA-256 of everything that is stored. */
  hash(): Promise<string>;
  /** All bytes are stored and verified. */
  finish(): Promise<void>;
  /** The bytes are wrong. */
  discard(): Promise<void>;
  /** The download failed; the next one continues. */
  keep(): Promise<void>;
}

/** What a target needs to know before the first byte. */
export interface TargetRequest {
  readonly imageId: string;
  readonly sizeBytes: number;
  readonly overwrite: boolean;
  readonly pace: Pace;
}

/** Checked before the first request. */
export function checkTarget(target: unknown): void {
  if (typeof target === "string" ? target !== "" && !target.includes("\0") : isUnlockedStream(target)) return;
  throw new UsageError("target", "must be the path of a file, or a WritableStream that is not locked");
}

function isUnlockedStream(target: unknown): boolean {
  const { getWriter, locked } = (target ?? {}) as Partial<WritableStream>;
  return typeof getWriter === "function" && locked === false;
}

export async function openTarget(
  target: string | WritableStream<Uint8Array>,
  request: TargetRequest,
): Promise<DownloadTarget> {
  if (typeof target === "string") return (await import("./node-download.js")).openPartialFile(target, request);
  const writer = target.getWriter();
  const hash = sha256();
  const { pace } = request;
  // Not waited for: a stream that stalls ends only after its current write.
  const abort = async () => {
    writer.abort(new Error("the download did not complete")).catch(() => undefined);
  };
  return {
    storedBytes: 0,
    write: async (bytes) => {
      await pace.within(() => writer.write(bytes));
      hash.update(bytes);
    },
    restart: undefined,
    hash: async () => hash.hex(),
    finish: () => pace.within(() => writer.close()),
    discard: abort,
    keep: abort,
  };
}
