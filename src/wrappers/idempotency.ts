import type { Operation } from "../operation.js";
import { canonicalJson } from "./canonical-json.js";
import { UsageError } from "./errors.js";
import type { Runtime } from "./runtime.js";

/** Enough for a fleet's worth of writes; beyond it the oldest key is forgotten. */
const rememberedKeys = 10_000;

/**
 * The caller's keys and what each was first sent with. The service answers a known key with the first result whatever
 * the new body says, so a reused key would silently return the wrong order: it is refused here instead.
 */
export class KeyMemory {
  readonly #seen = new Map<string, string>();

  /** Remembers `key`, or throws when it stands for another request already. */
  claim(key: string, operation: Operation, fingerprint: string): void {
    const first = this.#seen.get(key);
    if (first !== undefined && first !== fingerprint) {
      throw new UsageError(
        "options.idempotencyKey",
        "this key was already used for a different request; the service would return that one's result. Make a new key.",
        { operation },
      );
    }
    this.#seen.delete(key);
    this.#seen.set(key, fingerprint);
    if (this.#seen.size > rememberedKeys) this.#seen.delete(this.#seen.keys().next().value as string);
  }
}

/** The key for one logical call, the caller's or a fresh one; `undefined` where the operation has none. */
export function keyFor(operation: Operation, given: string | undefined, runtime: Runtime): string | undefined {
  if (operation.retry !== "keyed") {
    if (given === undefined) return undefined;
    throw new UsageError("options.idempotencyKey", "this operation does not accept one", { operation });
  }
  if (given === undefined) return runtime.randomUUID();
  if (typeof given === "string" && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw new UsageError("options.idempotencyKey", "must be 1 to 255 printable ASCII characters without spaces", {
    operation,
  });
}

/** Tells two requests apart, whatever the order of their fields. Two hashes of 32 bits; the body itself is not kept. */
export function fingerprintOf(operation: Operation, path: string, body: unknown): string {
  const text = `${operation.id} ${path} ${canonicalJson(body)}`;
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  return `${text.length} ${a} ${b}`;
}
