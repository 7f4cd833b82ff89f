import { Resources } from "./generated/resources/index.js";
import { type Caller, createCaller } from "./wrappers/call.js";
import type { ClientOptions } from "./wrappers/options.js";

/**
 * A client of SF Compute's preview API: one field per resource, one method per operation.
 *
 * ```ts
 * const sfc = new SfcClient(); // token from SF_API_KEY
 * for await (const instance of sfc.instances.list({ status: ["running"] })) console.log(instance.name);
 * ```
 *
 * Calls of one client share its retry budget and its memory of idempotency keys, so reuse one client.
 */
export class SfcClient extends Resources {
  readonly #caller: Caller;

  /** @throws {UsageError} when there is no token, or an option is invalid */
  constructor(options?: ClientOptions);
  constructor(options: ClientOptions = {}, caller: Caller = createCaller(options)) {
    super(caller);
    this.#caller = caller;
  }

  /**
   * A client with other options; options that you omit are inherited. The two share their retry budget and their memory of idempotency keys.
   *
   * ```ts
   * const patient = sfc.withOptions({ timeoutMs: 120_000 });
   * ```
   * @throws {UsageError} when an option is invalid
   */
  withOptions(options: ClientOptions): SfcClient {
    return Reflect.construct(SfcClient, [options, this.#caller.withOptions(options)]);
  }
}
