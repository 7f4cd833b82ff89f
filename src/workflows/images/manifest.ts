import { TransferError } from "../errors.js";
import type { OpenSource } from "./source.js";

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

/** The manifest of one upload. Without a store it forgets when the process ends. */
export class UploadRecord {
  readonly #store: ManifestStore | undefined;
  #manifest: Manifest;
  #written: Promise<void> = Promise.resolve();
  /** Whether an earlier process has begun this upload. */
  readonly resumed: boolean;

  constructor(store: ManifestStore | undefined, manifest: Manifest, resumed: boolean) {
    this.#store = store;
    this.#manifest = manifest;
    this.resumed = resumed;
  }

  /** Whether parts need a hash of their own. */
  get lasts(): boolean {
    return this.#store !== undefined;
  }

  get current(): Manifest {
    return this.#manifest;
  }

  /** Writes take turns: parts end in any order. */
  update(change: Partial<Manifest>): Promise<void> {
    this.#manifest = { ...this.#manifest, ...change };
    const manifest = this.#manifest;
    this.#written = this.#written.then(() => this.#store?.write(manifest));
    return this.#written;
  }

  partStored(part: number, sha256: string): Promise<void> {
    return this.update({ parts: { ...this.#manifest.parts, [part]: sha256 } });
  }

  remove(): Promise<void> {
    return this.#written.then(() => this.#store?.remove());
  }
}

/** Goes on with an upload that an earlier process began, or begins one. Throws `TransferError` when the file is another one by now. */
export async function openRecord(
  store: ManifestStore | undefined,
  source: OpenSource,
  fresh: Pick<Manifest, "workspace" | "name" | "partSize">,
): Promise<UploadRecord> {
  const { size = 0, modifiedMs = 0 } = source;
  const found = await store?.read();
  if (found === undefined) {
    const record = new UploadRecord(store, { version: 1, ...fresh, size, modifiedMs, parts: {} }, false);
    // Before the image is created: a crash in between must not leave one that nobody goes on with.
    await record.update({});
    return record;
  }
  const place = store?.place;
  if (found.version !== 1 || found.workspace !== fresh.workspace || found.name !== fresh.name) {
    throw new TransferError(
      "state",
      `${place} belongs to another upload ("${found.name}"). Finish that one, or remove the file.`,
      found.imageId,
    );
  }
  if (found.size !== size || found.modifiedMs !== modifiedMs) throw sourceChanged(found.imageId, place);
  return new UploadRecord(store, found, true);
}

export function sourceChanged(imageId: string | undefined, place: string | undefined): TransferError {
  const next = place === undefined ? "" : ` Delete the image and ${place}, and begin anew.`;
  return new TransferError("source_changed", `the file has changed since the upload began.${next}`, imageId);
}
