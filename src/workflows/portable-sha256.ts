import { sha256 } from "@noble/hashes/sha2.js";
import type { Hash } from "./runtime.js";

/**
 * SHA-256 for runtimes without `node:crypto`. It is in a separate file, so that other runtimes do not load it, and so that the build inlines only this
 * hash: a bundler keeps every export of a module that is loaded with `import()`.
 */
export function portableSha256(): Hash {
  const hash = sha256.create();
  const toHex = (byte: number) => byte.toString(16).padStart(2, "0");
  return { update: (bytes) => void hash.update(bytes), hex: () => Array.from(hash.digest(), toHex).join("") };
}
