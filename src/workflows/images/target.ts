import type { Pace } from "../pace.js";

/** Where a download goes. */
export interface DownloadTarget {
  /** Bytes that an earlier download left here. */
  readonly stored: number;
  /** Reads them, from the start, to fill the bytes. */
  readStored(bytes: Uint8Array): Promise<number>;
  write(bytes: Uint8Array): Promise<void>;
  /** Forgets what is stored; `undefined` where that cannot be. */
  readonly restart: (() => Promise<void>) | undefined;
  /** All bytes are there and verified. */
  finish(): Promise<void>;
  /** The bytes are worth nothing. */
  discard(): Promise<void>;
  /** The bytes are worth keeping for the next try. */
  keep(): Promise<void>;
}

export async function openDownloadTarget(
  target: string | WritableStream<Uint8Array>,
  pace: Pace,
): Promise<DownloadTarget> {
  if (typeof target === "string") return (await import("./node-file.js")).openTarget(target);
  const writer = target.getWriter();
  // Not waited for: a stream that stalls ends only after its current write.
  const abort = async () => {
    writer.abort(new Error("the download did not complete")).catch(() => undefined);
  };
  return {
    stored: 0,
    readStored: async () => 0,
    write: (bytes) => pace.within(() => writer.write(bytes)),
    restart: undefined,
    finish: () => pace.within(() => writer.close()),
    discard: abort,
    keep: abort,
  };
}
