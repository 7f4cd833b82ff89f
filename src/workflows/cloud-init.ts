import { UsageError } from "../wrappers/errors.js";
import { toBase64 } from "./base64.js";

const maxBytes = 64 * 1024;

/**
 * A startup script as `cloud_init_user_data` wants it: UTF-8, then base64. Takes text, or bytes (a gzip or MIME archive) as they are.
 *
 * ```ts
 * await sfc.instances.create({ pool, image, instance_sku, cloud_init_user_data: cloudInit("#cloud-config\nssh_authorized_keys: […]\n") });
 * ```
 *
 * The service takes at most 64 KB and does not say whether that is before or after base64. What is too large either way (more than
 * 65,536 bytes before) is refused here; from 49,152 bytes on the service may refuse it.
 * @throws {UsageError} when it is empty, too large, or holds half of a surrogate pair, which UTF-8 cannot write
 */
export function cloudInit(script: string | Uint8Array): string {
  if (typeof script === "string" && !isWellFormed(script)) {
    throw new UsageError("script", "holds half of a surrogate pair; as UTF-8 it would become another character");
  }
  const bytes = typeof script === "string" ? new TextEncoder().encode(script) : script;
  // An empty script is what the API means by leaving the field out: a machine that nobody can log in to.
  if (bytes.length === 0) throw new UsageError("script", "is empty; leave cloud_init_user_data out instead");
  if (bytes.length > maxBytes) {
    throw new UsageError("script", `has ${bytes.length} bytes; the service takes at most ${maxBytes}`);
  }
  return toBase64(bytes);
}

/** A surrogate is well formed only beside its other half. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
