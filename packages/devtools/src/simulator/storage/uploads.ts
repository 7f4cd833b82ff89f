import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../time/clock.js";

/** The storage behind presigned URLs. Uploaded bytes are stored in files of a temporary folder, and not in memory. */
export class Uploads {
  readonly #clock: Clock;
  readonly #secret: string;
  readonly #images = new Map<string, Map<number, Part>>();
  #folder: Promise<string> | undefined;
  #writes = 0;

  constructor(clock: Clock, secret: string) {
    this.#clock = clock;
    this.#secret = secret;
  }

  /** Creates a URL for one purpose, which expires and needs no token. */
  presign(origin: string, purpose: string, lifetimeSeconds: number): { url: string; expires_at: number } {
    const expires = this.#clock.seconds + lifetimeSeconds;
    const query = new URLSearchParams({ expires: String(expires), signature: this.#sign(purpose, expires) });
    return { url: `${origin}/storage/${purpose}?${query}`, expires_at: expires };
  }

  /** Returns why a presigned URL cannot be used, or `undefined` when it can. */
  refusal(purpose: string, search: URLSearchParams): string | undefined {
    const expires = Number(search.get("expires"));
    if (search.get("signature") !== this.#sign(purpose, expires)) return "SignatureDoesNotMatch";
    return this.#clock.seconds >= expires ? "ExpiredToken" : undefined;
  }

  /** Stores a part once all its bytes were received. A repeated part replaces the previous one. */
  async write(imageId: string, partId: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    this.#folder ??= mkdtemp(join(tmpdir(), "sfc-simulator-"));
    const file = join(await this.#folder, String(this.#writes++));
    try {
      await pipeline(Readable.from(bytes), createWriteStream(file));
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    const { size } = await stat(file);
    // Nothing is awaited from here on, because another part of the image may be stored at the same time.
    const parts = this.#images.get(imageId) ?? new Map<number, Part>();
    const former = parts.get(partId);
    parts.set(partId, { file, size });
    this.#images.set(imageId, parts);
    if (former !== undefined) await discard(former);
  }

  /** Stores the bytes of an image as one part in memory, for the small images of the initial world. */
  preset(imageId: string, bytes: Uint8Array): void {
    this.#images.set(imageId, new Map([[1, { bytes, size: bytes.length }]]));
  }

  partCount(imageId: string): number {
    return this.#images.get(imageId)?.size ?? 0;
  }

  size(imageId: string): number {
    return this.#parts(imageId).reduce((total, { size }) => total + size, 0);
  }

  /** Reads the bytes `[from, to)` of the image, which consists of its parts in the order of their numbers. */
  async *read(imageId: string, from = 0, to: number = this.size(imageId)): AsyncGenerator<Uint8Array> {
    let offset = 0;
    for (const part of this.#parts(imageId)) {
      const start = Math.max(from - offset, 0);
      const end = Math.min(to - offset, part.size);
      if (start < end) yield* slice(part, start, end);
      offset += part.size;
    }
  }

  async sha256(imageId: string): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of this.read(imageId)) hash.update(chunk);
    return hash.digest("hex");
  }

  /**
   * Returns bytes by image and part, in base64: as many whole images as fit into the limit, and the ids of the others.
   */
  async save(mostBytes: number): Promise<SavedUploads> {
    const parts: Record<string, Record<string, string>> = {};
    const omitted: string[] = [];
    let left = mostBytes;
    for (const [imageId, image] of this.#images) {
      const size = this.size(imageId);
      if (size > left) omitted.push(imageId);
      else {
        left -= size;
        parts[imageId] = {};
        for (const [partId, part] of image) parts[imageId][partId] = await readBase64(part);
      }
    }
    return { parts, omitted };
  }

  restore({ parts }: SavedUploads): void {
    for (const [imageId, image] of Object.entries(parts)) {
      const entries = Object.entries(image).map(([partId, text]): [number, Part] => {
        const bytes = new Uint8Array(Buffer.from(text, "base64"));
        return [Number(partId), { bytes, size: bytes.length }];
      });
      this.#images.set(imageId, new Map(entries));
    }
  }

  async forget(imageId: string): Promise<void> {
    const parts = this.#parts(imageId);
    this.#images.delete(imageId);
    await Promise.all(parts.map(discard));
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true });
  }

  #parts(imageId: string): Part[] {
    const parts = this.#images.get(imageId) ?? new Map<number, Part>();
    return [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  }

  #sign(purpose: string, expires: number): string {
    return createHash("sha256").update(`${this.#secret} ${purpose} ${expires}`).digest("hex");
  }
}

export interface SavedUploads {
  readonly parts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Images that were too large. */
  readonly omitted: readonly string[];
}

async function readBase64(part: Part): Promise<string> {
  return ("bytes" in part ? Buffer.from(part.bytes) : await readFile(part.file)).toString("base64");
}

type Part = { readonly size: number } & ({ readonly file: string } | { readonly bytes: Uint8Array });

async function* slice(part: Part, start: number, end: number): AsyncGenerator<Uint8Array> {
  if ("bytes" in part) yield part.bytes.subarray(start, end);
  else yield* createReadStream(part.file, { start, end: end - 1 }) as AsyncIterable<Uint8Array>;
}

async function discard(part: Part): Promise<void> {
  if ("file" in part) await rm(part.file, { force: true });
}
