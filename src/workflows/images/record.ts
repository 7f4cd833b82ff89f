import { TransferError } from "../errors.js";
import type { Manifest, ManifestStore } from "./manifest.js";
import type { OpenSource } from "./source.js";

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

  /** For messages; `undefined` without a store. */
  get place(): string | undefined {
    return this.#store?.place;
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

  /** Removes the record of an upload that did not begin, unless another process has written its own there meanwhile. */
  async forget(): Promise<void> {
    await this.#written;
    if ((await this.#store?.read())?.imageId === undefined) await this.#store?.remove();
  }
}

/** What the caller asks for. */
interface RecordRequest extends Pick<Manifest, "workspace" | "name" | "partSize"> {
  readonly imageId: string | undefined;
}

/** Continues an upload that an earlier process began, or begins one. Throws `TransferError` when the record belongs to another upload, or the file has changed. */
export async function openRecord(
  store: ManifestStore | undefined,
  source: OpenSource,
  { imageId, ...request }: RecordRequest,
): Promise<UploadRecord> {
  const { size = 0, modifiedMs = 0 } = source;
  const found = await store?.read();
  if (found === undefined) {
    const record = new UploadRecord(store, { version: 1, ...request, size, modifiedMs, parts: {} }, false);
    // Before the image is created: after a crash in between, the next call knows that it may exist.
    await record.update({});
    return record;
  }
  const place = store?.place ?? "";
  if (found.workspace !== request.workspace || found.name !== request.name) {
    const message = `${place} belongs to another upload ("${found.name}" in ${found.workspace}). Finish that one, or remove the file.`;
    throw new TransferError("state", message, found.imageId, { path: place });
  }
  if (imageId !== undefined && found.imageId !== undefined && found.imageId !== imageId) {
    const message = `${place} belongs to an upload into image ${found.imageId}, not ${imageId}. Leave \`imageId\` out to continue that one, or remove the file.`;
    throw new TransferError("record", message, found.imageId, { path: place });
  }
  if (found.size !== size || found.modifiedMs !== modifiedMs) throw sourceChanged(found.imageId, place);
  return new UploadRecord(store, found, true);
}

export function sourceChanged(imageId: string | undefined, place: string | undefined): TransferError {
  const next = place === undefined ? "" : ` Delete the image and ${place}, and begin anew.`;
  return new TransferError("source_changed", `the file has changed since the upload began.${next}`, imageId);
}
