import { sha256 } from "@noble/hashes/sha2.js";
import type { Hash } from "./runtime.js";

/**
 * SHA-256 for runtimes without `node:crypto`. A file of its own, so that only they load it, and so that the build inlines no other hash of
 * the package: what `import()` is given is kept whole.
 */
export function portableSha256(): Hash {
  const hash = sha256.create();
  const toHex = (byte: number) => byte.toString(16).padStart(2, "0");
  return { update: (bytes) => void hash.update(bytes), hex: () => Array.from(hash.digest(), toHex).join("") };
}
