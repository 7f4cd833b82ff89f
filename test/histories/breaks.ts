/** Deliberate defects. Each changes one place in a copy of the sources, and the checker must detect it. */
export interface Break {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const retry = "src/wrappers/retry.ts";
const send = "src/wrappers/send.ts";
const pagination = "src/wrappers/pagination.ts";
const simulator = "packages/devtools/src/simulator";

export const breaks: readonly Break[] = [
  {
    name: "writes of the class unsafe are repeated",
    file: retry,
    from: `if (retry === "unsafe" && processed !== "no") return false;`,
    to: "",
  },
  {
    name: "a gateway's 5xx counts as not processed",
    file: retry,
    from: `return status >= 400 && status < 500 && status !== 408 ? "no" : "unknown";`,
    to: `return status >= 400 ? "no" : "unknown";`,
  },
  {
    name: "a connection that was reset counts as never made",
    file: retry,
    from: `return syscall === "connect" || neverConnected.test(code) || permanentCodes.test(code);`,
    to: "return true;",
  },
  {
    name: "Retry-After is ignored",
    file: retry,
    from: `const requested = retryAfterMs(received?.response.headers.get("retry-after"), dateMs());`,
    to: "const requested = dateMs() < 0 ? retryAfterMs(received?.response.headers.get('retry-after'), 0) : undefined;",
  },
  {
    name: "errors are never ambiguous",
    file: send,
    from: 'const unknown = earlierUnknown || processed === "unknown";',
    to: "const unknown = false;",
  },
  {
    name: "a failure of the transport is thrown as it is",
    file: send,
    from: "throw finalError(call, failure, { ...errorContext(call, attempts, unknown), budgetUsedUp }, outcome.lastRequest);",
    to: "throw failure;",
  },
  {
    name: "the caller's idempotency key is replaced",
    file: "src/wrappers/idempotency.ts",
    from: `if (typeof given === "string" && /^[!-~]{1,255}$/.test(given)) return given;`,
    to: "if (typeof given === 'string') return runtime.randomUUID();",
  },
  {
    name: "the next page begins where the list begins",
    file: pagination,
    from: `"starting_after"]: cursor };`,
    to: `"starting_after"]: undefined, limit: 200 };`,
  },
  {
    name: "an iteration ends after its first page",
    file: pagination,
    from: "if (!hasMore) return undefined;",
    to: "if (hasMore || !hasMore) return undefined;",
  },
  {
    name: "the name of an intent differs from call to call",
    file: "src/workflows/create-rules.ts",
    from: "if (nameShape.test(intent)) return intent;",
    to: "if (nameShape.test(intent)) return intent + Math.random().toString(36).slice(2);",
  },
  {
    name: "the key of an intent differs from call to call",
    file: "src/workflows/place-order.ts",
    from: "this.#key = key;",
    to: "this.#key = key + Math.random();",
  },
  {
    name: "the total that is returned is too low",
    file: "src/workflows/place-order.ts",
    from: "return { body, totalDollars: formatDollars(total), notices, idempotencyKey: this.#key, order };",
    to: "return { body, totalDollars: formatDollars(total - 1n), notices, idempotencyKey: this.#key, order };",
  },
  {
    name: "the first chunk of each page of a log is lost",
    file: "src/workflows/logs.ts",
    from: "for (const chunk of page) yield this.#take(chunk);",
    to: "for (const chunk of page.slice(1)) yield this.#take(chunk);",
  },
  {
    name: "an order that is pending counts as settled",
    file: "src/workflows/wait.ts",
    from: `["filled", "cancelled", "rejected"]`,
    to: `["filled", "cancelled", "rejected", "pending"]`,
  },
  {
    name: "an attempt has no time limit",
    file: "src/wrappers/options.ts",
    from: "timeoutMs: 60_000,",
    to: "timeoutMs: 2_000_000_000,",
  },
  {
    name: "the simulator forgets idempotency keys and promises twice",
    file: `${simulator}/http/idempotency.ts`,
    from: "if (entry === undefined || entry.expiresMs <= nowMs) return undefined;",
    to: "if (entry === undefined || nowMs > 0) return undefined;",
  },
  {
    name: "the simulator's ledger makes money",
    file: `${simulator}/storage/ledger.ts`,
    from: "this.#balances[to] += amount;",
    to: "this.#balances[to] += amount + 1n;",
  },
  {
    name: "reads are not repeated",
    file: retry,
    from: `if (retry === "unsafe" && processed !== "no") return false;`,
    to: `if (retry === "read" || (retry === "unsafe" && processed !== "no")) return false;`,
  },
  {
    name: "writes with a key are not repeated",
    file: retry,
    from: `if (retry === "unsafe" && processed !== "no") return false;`,
    to: `if (retry === "keyed" || (retry === "unsafe" && processed !== "no")) return false;`,
  },
  {
    name: "writes of absolute values are not repeated",
    file: retry,
    from: `if (retry === "unsafe" && processed !== "no") return false;`,
    to: `if (retry === "absolute" || (retry === "unsafe" && processed !== "no")) return false;`,
  },
  {
    name: "retries have no budget",
    file: retry,
    from: "if (this.#units[kind] < 1) return false;",
    to: "",
  },
  {
    name: "a key may be used for another request",
    file: "src/wrappers/idempotency.ts",
    from: "if (claim.fingerprint !== fingerprint) {",
    to: "if (claim.fingerprint !== fingerprint && fingerprint === '') {",
  },
  {
    name: "a cursor that comes again is followed",
    file: pagination,
    from: "if ((position.cursors.get(String(cursor)) ?? position.number) < position.number) {",
    to: "if ((position.cursors.get(String(cursor)) ?? position.number) < 0) {",
  },
  {
    name: "what exists is not looked up after a name was refused or a response lost",
    file: "src/workflows/create-once.ts",
    from: "        return await find();",
    to: "        return (await find()) && (undefined as T);",
  },
  {
    name: "an upload keeps no record",
    file: "src/workflows/node-files.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of the source
    from: 'withRecord(path, "written", () => replaceFile(path, `${JSON.stringify(manifest, null, 1)}\\n`), manifest),',
    to: 'withRecord(path, "written", async () => void [replaceFile, manifest], manifest),',
  },
  {
    name: "a waiter reads ten times a second",
    file: "src/workflows/wait.ts",
    from: "{ pollMs = 1_000, maxPollMs = 15_000 }: WaitOptions<never>,",
    to: "{ pollMs = 100, maxPollMs = 100 }: WaitOptions<never>,",
  },
  {
    name: "a transfer leaves its nodes in the pool that they come from",
    file: `${simulator}/market/transfers.ts`,
    from: "from.set(skuId, subtract(from.get(skuId) ?? nothing, delta));",
    to: "from.set(skuId, subtract(from.get(skuId) ?? nothing, nothing));",
  },
];
