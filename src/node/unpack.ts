import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { headerIn } from "./header-lines.js";

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What has to be done to a body before it can be read, in this order. Empty for nothing, or for what is not known here. */
export function packingsOf({ rawHeaders }: IncomingMessage): string[] {
  const named = headerIn(rawHeaders, "content-encoding");
  if (named === undefined || headerIn(rawHeaders, "content-length") === "0") return [];
  const names = named.split(",").map((name) => name.trim().toLowerCase());
  const known = names.length <= 2 && names.every((name) => name in unpackers);
  return known ? names.reverse() : [];
}

/** The body as it was before it was packed. What goes wrong on the way comes out as its error. */
export function unpacked(incoming: IncomingMessage, packings: readonly string[]): Readable {
  const steps = packings.map((name) => (unpackers[name] as () => Transform)());
  return pipeline([incoming, ...steps], () => undefined) as unknown as Readable;
}
