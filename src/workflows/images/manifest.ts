import { TransferError } from "../errors.js";
import { mostParts } from "./part-size.js";

/** What is known of an upload under way, kept beside the file. It holds no token and no URL. */
export interface Manifest {
  readonly version: 1;
  readonly workspace: string;
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly partSize: number;
  /** Absent while it is not certain whether the image was created. */
  readonly imageId?: string;
  /** SHA-256 of each part that is stored, by its number. */
  readonly parts: Readonly<Record<string, string>>;
  /** SHA-256 of the whole file, once all parts are stored. */
  readonly sha256?: string;
}

/** Where manifests are kept. */
export interface ManifestStore {
  /** For messages. */
  readonly place: string;
  read(): Promise<Manifest | undefined>;
  write(manifest: Manifest): Promise<void>;
  remove(): Promise<void>;
}

/** Reads a manifest that may be damaged, by a full disk or a hand. */
export function parseManifest(text: string, place: string): Manifest {
  const manifest = parseJson(text);
  if (isManifest(manifest)) return manifest;
  const message = `${place} is damaged or of another version of this package. Remove it to begin a new upload; the image that it belongs to stays unfinished.`;
  throw new TransferError("record", message, undefined, { path: place });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false;
  const { version, workspace, name, size, modifiedMs, partSize, imageId, parts, sha256 } = value;
  return (
    version === 1 &&
    typeof workspace === "string" &&
    typeof name === "string" &&
    isCount(size) &&
    typeof modifiedMs === "number" &&
    isCount(partSize) &&
    partSize > 0 &&
    partSize <= size &&
    size / partSize <= mostParts &&
    (imageId === undefined || (typeof imageId === "string" && imageId !== "")) &&
    isObject(parts) &&
    Object.entries(parts).every(([part, hash]) => /^[1-9]\d{0,4}$/.test(part) && isHash(hash)) &&
    (sha256 === undefined || isHash(sha256))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
