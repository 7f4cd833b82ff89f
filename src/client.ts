import { Resources } from "./generated/resources/index.js";
import { createCaller } from "./wrappers/call.js";
import type { ClientOptions } from "./wrappers/options.js";

/**
 * A client of SF Compute's preview API: one field per resource, one method per operation.
 *
 * ```ts
 * const sfc = new SfcClient(); // token from SF_API_KEY
 * for await (const instance of sfc.instances.list({ status: ["running"] })) console.log(instance.name);
 * ```
 *
 * Calls of one client share its retry budget and its memory of idempotency keys, so make one and keep it.
 */
export class SfcClient extends Resources {
  /** @throws {UsageError} when there is no token, or an option cannot be used */
  constructor(options: ClientOptions = {}) {
    super(createCaller(options));
  }
}
