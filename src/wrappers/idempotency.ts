import type { Operation } from "../operation.js";
import { UsageError } from "./errors.js";
import type { Runtime } from "./options.js";
import type { HttpRequest } from "./request.js";
import { inexactNumber } from "./response.js";

/** Capacity of each of the two maps. Together they remember between 10,000 and 20,000 of the latest keys. */
const rememberedKeys = 10_000;

/** One key: the request it was first used for, and the calls that use it. */
interface Claim {
  readonly fingerprint: string;
  /** Calls that have sent the key or may still send it. At 0 the key can be used for another request. */
  holders: number;
}

/** Releases one call's claim: the call sent nothing, or the service refused the key because it belongs to another request. Calling it again has no effect. */
export type ReleaseKey = () => void;

/**
 * The caller's keys, and the request that each was first used for. For a known key the service returns the first result, whatever the new body is. A reused
 * key would silently return the wrong order, so it is refused here.
 */
export class KeyMemory {
  #recent = new Map<string, Claim>();
  /** Replaced by `#recent` when that is full: removing the oldest keys of a single map one by one becomes slow. */
  #older = new Map<string, Claim>();

  /** Remembers `key`, or throws when it already belongs to another request. */
  claim(key: string, operation: Operation, fingerprint: string): ReleaseKey {
    const claim = this.#recent.get(key) ?? this.#older.get(key) ?? { fingerprint, holders: 0 };
    if (claim.fingerprint !== fingerprint) {
      throw refuse(operation, "was already used for a different request, whose result the service would return");
    }
    if (this.#recent.size === rememberedKeys) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    claim.holders += 1;
    this.#recent.set(key, claim);
    let held = 1;
    return () => {
      claim.holders -= held;
      held = 0;
      if (claim.holders > 0) return;
      for (const claims of [this.#recent, this.#older]) {
        // The claim may have been dropped, and the key claimed again by another call.
        if (claims.get(key) === claim) claims.delete(key);
      }
    };
  }
}

/** The idempotency key of one logical call: the caller's, or a new UUID. `undefined` for an operation that takes no key. */
export function resolveIdempotencyKey(
  operation: Operation,
  given: string | null | undefined,
  runtime: Runtime,
): string | undefined {
  const keyed = operation.retry === "keyed";
  if (given === undefined || given === null) return keyed ? runtime.randomUUID() : undefined;
  if (!keyed) throw refuse(operation, "is not accepted by this operation");
  if (typeof given === "string" && /^[!-~]{1,255}$/.test(given)) return given;
  throw refuse(operation, "must be 1 to 255 printable ASCII characters without spaces");
}

function refuse(operation: Operation, why: string): UsageError {
  return new UsageError("options.idempotencyKey", why, { operation });
}

/** Identifies a request. Bodies with equal JSON values have the same fingerprint, whatever the order of their members. The body itself is not kept. */
export function fingerprintRequest(operation: Operation, path: string, body: HttpRequest["body"]): string {
  return hash(`${operation.name} ${path} ${canonicalJson(String(body))}`);
}

/**
 * Returns the same JSON for equal values. A caller's own serializer can write a body that is not JSON, or a number that `JSON.parse` rounds: such a body is
 * returned unchanged.
 */
function canonicalJson(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    const isRounded = inexactNumber(value) !== undefined && JSON.stringify(value) !== json;
    return isRounded ? json : JSON.stringify(canonicalValue(value));
  } catch {
    return json;
  }
}

/** Converts an object to a list: `{}`, which no other list begins with, then its sorted names, then their values. Building a sorted object is slower. */
function canonicalValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonicalValue);
  const names = Object.keys(value).sort();
  return [{}, names, names.map((name) => canonicalValue((value as Record<string, unknown>)[name]))];
}

/** 64 bits: two 32-bit multiplicative hashes with different multipliers, finished with MurmurHash3's mixing step. */
function hash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  const mixed = (x: number, y: number) => Math.imul(x ^ (x >>> 16), 0x85ebca6b) ^ Math.imul(y ^ (y >>> 13), 0xc2b2ae35);
  const high = mixed(a, b);
  return `${high} ${mixed(b, high)}`;
}
