import type { Operation } from "../operation.js";
import { UsageError } from "./errors.js";
import type { Runtime } from "./runtime.js";

/** Enough for a fleet's worth of writes. At least so many of the latest keys are known, at most twice as many. */
const rememberedKeys = 10_000;

/**
 * The caller's keys and what each was first sent with. The service answers a known key with the first result whatever
 * the new body says, so a reused key would silently return the wrong order: it is refused here instead.
 */
export class KeyMemory {
  #recent = new Map<string, number>();
  /** Forgotten as a whole when `#recent` is full: taking the oldest key out of one map gets slow. */
  #older = new Map<string, number>();

  /** Remembers `key`, or throws when it stands for another request already. */
  claim(key: string, operation: Operation, fingerprint: number): void {
    const first = this.#recent.get(key) ?? this.#older.get(key) ?? fingerprint;
    if (first !== fingerprint) {
      throw refuse(operation, "was already used for a different request, whose result the service would return");
    }
    if (this.#recent.size === rememberedKeys) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, fingerprint);
  }
}

/** The key for one logical call, the caller's or a fresh one; `undefined` where the operation has none. */
export function keyFor(operation: Operation, given: string | undefined, runtime: Runtime): string | undefined {
  const keyed = operation.retry === "keyed";
  if (given === undefined) return keyed ? runtime.randomUUID() : undefined;
  if (!keyed) throw refuse(operation, "is not accepted by this operation");
  if (typeof given === "string" && /^[!-~]{1,255}$/.test(given)) return given;
  throw refuse(operation, "must be 1 to 255 printable ASCII characters without spaces");
}

function refuse(operation: Operation, why: string): UsageError {
  return new UsageError("options.idempotencyKey", why, { operation });
}

/** Tells two requests apart, whatever the order of their fields. 32 bits; the body itself is not kept. */
export function fingerprintOf(operation: Operation, path: string, body: unknown): number {
  return hash(`${operation.name} ${path}`, digest(body));
}

/** A hash of a value as its JSON would show it. Those of an object's fields are added up, because their order means nothing. */
function digest(value: unknown): number {
  if (typeof value !== "object" || value === null) return hash(String(value), typeof value === "string" ? 1 : 0);
  if ("toJSON" in value) return digest(JSON.parse(JSON.stringify(value)));
  let sum = Array.isArray(value) ? 1 : 2;
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) sum = (sum + hash(name, digest(member))) | 0;
  }
  return sum;
}

/** FNV with the end of MurmurHash3, without which sums of similar hashes would often be alike. */
function hash(text: string, seed: number): number {
  let bits = seed;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
