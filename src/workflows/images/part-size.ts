import { UsageError } from "../../wrappers/errors.js";

const mib = 1024 ** 2;

export const maxImageBytes: number = 128 * 1024 ** 3;
/** The API's description allows more, but the platform is reported to refuse it. */
const reportedMaxBytes = 75 * 1024 ** 3;
const smallestPart = 5 * mib;
const usualPart = 64 * mib;
export const mostParts = 10_000;

/**
 * Bytes of all parts but the last. The API does not say; these are the sizes of the vendor's own tool: one part up to 64 MiB, else 64 MiB parts, or larger ones
 * where more than 10,000 would be needed.
 */
export function partSizeFor(size: number | undefined, asked: number | undefined): number {
  if (asked !== undefined && !(Number.isSafeInteger(asked) && asked >= smallestPart)) {
    throw new UsageError("options.partSize", `must be at least ${smallestPart} bytes (5 MiB)`);
  }
  const partSize = Math.max(asked ?? usualPart, Math.ceil((size ?? 0) / mostParts));
  return size === undefined ? partSize : Math.min(partSize, size);
}

/** Checked before anything is created, where the size is known by then. */
export function checkImageSize(size: number): void {
  if (size === 0) throw new UsageError("source", "is empty");
  if (size > maxImageBytes)
    throw new UsageError("source", `has ${size} bytes; an image may have ${maxImageBytes} (128 GiB)`);
}

/** A warning for a size that the platform may refuse. */
export function sizeWarning(size: number | undefined): string | undefined {
  if (size === undefined || size <= reportedMaxBytes) return undefined;
  return `the image has more than ${reportedMaxBytes} bytes (75 GiB). The platform is reported to refuse such images, although its API allows 128 GiB.`;
}
