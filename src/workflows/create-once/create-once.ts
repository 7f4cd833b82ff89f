import {
  aPositiveCount,
  aText,
  type Check,
  type Checks,
  checkValue,
  oneOf,
  readOptions,
} from "../../wrappers/checks.js";
import { AbortError, ApiError, SfcError } from "../../wrappers/errors.js";
import { CreateUncertainError, IntentConflictError } from "../errors.js";
import { isPassing, Pace, type PaceOptions, pacedChecks } from "../pace.js";
import {
  digestsOf,
  intentTag,
  nameOfIntent,
  type RequestDigests,
  readDigests,
  requestTag,
  writeDigests,
} from "./intent.js";
import type { Creatable, CreatableKind, CreateClient } from "./kinds.js";
import { type Rule, rules, visibleDifferences } from "./rules.js";

export interface CreateOnceOptions extends PaceOptions {
  /** Names this one resource, for example by the id of the job that needs it. The same intent never creates a second one. */
  readonly intent: string;
  /** How often it is tried to create, at most, when it is not certain what became of the try before. @default 4 */
  readonly maxAttempts?: number | undefined;
}

const createOnceChecks: Checks<CreateOnceOptions> = /* @__PURE__ */ pacedChecks<CreateOnceOptions>({
  intent: aText,
  maxAttempts: aPositiveCount,
});
const aKind: Check = /* @__PURE__ */ oneOf(...Object.keys(rules));

export interface CreatedOnce<Resource> {
  readonly resource: Resource;
  /** `"adopted"`: it existed already, from an earlier call with the same intent (or an attempt of this one whose answer was lost). */
  readonly outcome: "created" | "adopted";
}

/**
 * Creates a resource exactly once, although the API takes no idempotency key here.
 *
 * ```ts
 * const { resource: instance } = await createOnce(sfc, "instances", { pool, image, instance_sku }, { intent: "job-17" });
 * ```
 *
 * The name (unless the body gives one) and, where tags exist, two tags come from the intent. What exists is looked up first, and again after every failure that leaves it open
 * whether the write took effect; what matches the body is adopted, and only when nothing is there it is created again. Two processes at once are kept apart by
 * the service's own rule that names are unique; where it does not hold it (which statuses refuse a taken name is not stated for pools, templates and workspaces), only the look before helps.
 *
 * Calls the resource's `create`, and `list` or `get` to look; `pools.get` or `workspaces.get` to learn where the name would be. Safe to repeat at any time, also after a crash. An instance
 * that was terminated since is adopted as well: look at its `status`. A procurement or workspace that was renamed since is not found.
 * @throws {IntentConflictError} the intent or name stands for something that differs from the body; both are on the error
 * @throws {CreateUncertainError} it is still not certain whether it was created: call again with the same intent
 * @throws {ApiError} the service refuses the body
 */
export async function createOnce<Kind extends CreatableKind>(
  sfc: CreateClient,
  kind: Kind,
  body: Creatable[Kind]["body"],
  options: CreateOnceOptions,
): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
  checkValue(kind, aKind, "kind");
  return new Creation(sfc, kind, body, readOptions(options, createOnceChecks)).run("existing");
}

/** One call of `createOnce` under way. */
export class Creation<Kind extends CreatableKind> {
  readonly #sfc: CreateClient;
  readonly #kind: Kind;
  readonly #rule: Rule<Kind>;
  readonly #intent: string;
  readonly #asked: Creatable[Kind]["body"];
  readonly #name: string;
  readonly #digests: RequestDigests;
  readonly #pace: Pace;
  readonly #maxAttempts: number;

  constructor(sfc: CreateClient, kind: Kind, body: Creatable[Kind]["body"], options: CreateOnceOptions) {
    const intentName = nameOfIntent(options.intent);
    this.#sfc = sfc;
    this.#kind = kind;
    this.#rule = rules[kind] as Rule<Kind>;
    this.#intent = options.intent;
    this.#asked = body;
    this.#name = body.name ?? intentName;
    this.#digests = digestsOf(body, shownFields(this.#rule.checks));
    this.#pace = new Pace(options);
    this.#maxAttempts = options.maxAttempts ?? 4;
  }

  /** `"existing"`: what is there already may be ours. `"fresh"`: only what appears after a lost answer may be. */
  async run(first: "existing" | "fresh"): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
    if (first === "existing") {
      const found = await this.#findByIntent();
      if (found) return this.#adopt(found);
    }
    let uncertain: unknown;
    for (let attempt = 1; attempt <= this.#maxAttempts; attempt++) {
      try {
        return { resource: await this.#create(), outcome: "created" };
      } catch (error) {
        if (first === "fresh" && uncertain === undefined && isRefusal(error)) throw error;
        const lost = isLost(error);
        if (AbortError.is(error)) throw uncertain === undefined ? error : this.#aborted();
        if (!lost && !isRefusal(error)) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
        uncertain = lost ? error : uncertain;
        if (lost) await this.#settle(attempt, error);
        const found = await this.#lookAfter(attempt, error);
        if (found) return this.#adopt(found, error);
        // Refused for another reason than a taken name.
        if (!lost) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
      }
    }
    throw this.#uncertain(this.#maxAttempts, uncertain);
  }

  #create(): Promise<Creatable[Kind]["resource"]> {
    const tags = {
      ...(this.#asked as { tags?: object }).tags,
      [intentTag]: nameOfIntent(this.#intent),
      [requestTag]: writeDigests(this.#digests),
    };
    const body = { ...this.#asked, name: this.#name, ...(this.#rule.tagged && { tags }) };
    return this.#rule.create(this.#sfc, body, this.#pace.callOptions());
  }

  /** Before the first attempt: by tag where there are tags, else by name. */
  async #findByIntent(): Promise<Creatable[Kind]["resource"] | undefined> {
    const { findByIntent } = this.#rule;
    if (!findByIntent) return this.#findByName();
    return findByIntent(this.#sfc, nameOfIntent(this.#intent), this.#pace.callOptions());
  }

  #findByName(): Promise<Creatable[Kind]["resource"] | undefined> {
    return this.#rule.findByName(this.#sfc, this.#asked, this.#name, this.#pace.callOptions());
  }

  /** A lost request may still be on its way: give it a moment before looking. */
  async #settle(attempt: number, error: unknown): Promise<void> {
    await this.#pace.sleep(1_000 * 2 ** (attempt - 1)).catch(() => {
      throw this.#aborted();
    });
    if (this.#pace.isOver()) throw this.#uncertain(attempt, error);
  }

  /** After a failure, also by name: the tags of what was found by neither may have been cleared. */
  async #lookAfter(attempt: number, failure: unknown): Promise<Creatable[Kind]["resource"] | undefined> {
    for (let look = 1; ; look++) {
      try {
        return (await this.#findByIntent()) ?? (await this.#findByName());
      } catch (error) {
        if (AbortError.is(error) && isLost(failure)) throw this.#aborted();
        if (!isPassing(error) || look === 5 || this.#pace.isOver())
          throw isLost(failure) ? this.#uncertain(attempt, error) : failure;
        await this.#settle(look, failure);
      }
    }
  }

  #adopt(existing: Creatable[Kind]["resource"], cause?: unknown): CreatedOnce<Creatable[Kind]["resource"]> {
    const differences = this.#differences(existing);
    if (differences.length === 0) return { resource: existing, outcome: "adopted" };
    throw new IntentConflictError(
      `${existing.object} ${existing.id} ("${existing.name}") bears this name or intent already, and differs in ${differences.join(", ")}.`,
      { intent: this.#intent, differences, existing, requested: this.#asked },
      cause,
    );
  }

  #differences(existing: Creatable[Kind]["resource"]): string[] {
    const digests = readDigests((existing as { tags?: Record<string, string> | null }).tags?.[requestTag]);
    // What people changed later does not make it another resource.
    if (digests?.whole === this.#digests.whole) return [];
    const visible = visibleDifferences(this.#kind, this.#asked, existing);
    return digests === undefined || digests.hidden === this.#digests.hidden
      ? visible
      : [...visible, ...this.#hiddenFields()];
  }

  #hiddenFields(): string[] {
    const shown = shownFields(this.#rule.checks);
    const fields = Object.keys(this.#asked).filter((field) => !shown.includes(field));
    return fields.length > 0 ? fields : ["a field that was left out"];
  }

  #aborted(): AbortError {
    const message = `aborted by the caller's signal; it is not certain whether "${this.#name}" was created.`;
    return new AbortError(message, { ambiguous: true });
  }

  #uncertain(attempts: number, cause: unknown): CreateUncertainError {
    return new CreateUncertainError(
      this.#intent,
      `it is not certain whether "${this.#name}" was created. Call again with the same intent: it is found if it was.`,
      { attempts, cause },
    );
  }
}

/** Fields of the body that an answer settles. That there is a startup script does not say which. */
function shownFields(checks: object): string[] {
  return Object.keys(checks).filter((field) => field !== "cloud_init_user_data");
}

/** The write may have taken effect. */
function isLost(error: unknown): boolean {
  return SfcError.is(error) && error.ambiguous;
}

/** Answers that a taken name may stand behind; which one is not stated for every resource. */
function isRefusal(error: unknown): boolean {
  return ApiError.is(error) && !error.ambiguous && [400, 409, 422].includes(error.status);
}
