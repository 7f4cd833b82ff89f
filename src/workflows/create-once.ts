import {
  aFlag,
  aPositiveCount,
  aText,
  type Check,
  type Checks,
  checkValue,
  oneOf,
  readOptions,
} from "../wrappers/checks.js";
import { AbortError, ApiError, SfcError } from "../wrappers/errors.js";
import {
  buildIntentName,
  type Creatable,
  type CreatableKind,
  type CreateClient,
  digestRequest,
  intentTag,
  type RequestDigests,
  type Rule,
  readDigests,
  readIntentTag,
  requestTag,
  resolveIds,
  rules,
  visibleDifferences,
  writeDigests,
} from "./create-rules.js";
import { CreateUncertainError, IntentConflictError } from "./errors.js";
import { isTransient, maxRequestedDelayMs, Pace, type PaceOptions, pacedChecks, requestedDelayMs } from "./runtime.js";

export interface CreateOnceOptions extends PaceOptions {
  /** Names this one resource, for example by the id of the job that needs it. The same intent never creates a second one. */
  readonly intent: string;
  /**
   * Adopts a resource that has the name and fits the body, although nothing says that it is of this intent: it carries no intent tag, or it is of a kind without tags and the
   * body names it. What carries the tag of another intent is never adopted. @default false
   */
  readonly adoptUntagged?: boolean | undefined;
  /** How often it is tried to create, at most, when it is not certain what became of the try before. @default 4 */
  readonly maxAttempts?: number | undefined;
}

const createOnceChecks: Checks<CreateOnceOptions> = /* @__PURE__ */ pacedChecks<CreateOnceOptions>({
  intent: aText,
  adoptUntagged: aFlag,
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
 * The name (unless the body gives one) and, where tags exist, two tags come from the intent. What exists is looked up first, by tag and by name, and again after every failure that leaves it open
 * whether the write took effect. What carries the intent and matches the body is adopted; only when nothing is there it is created again, and after a success that followed a lost response it looks once more.
 *
 * **Names.** That the service refuses a name that is taken is assumed of every kind: it keeps apart two processes that call at once, and a request that arrives late. Its description states it for instances,
 * images and procurements, not for pools, templates and workspaces. Where the service does not enforce it, two such calls can create two resources, and so can one whose response was lost while lists lag behind writes. Of kinds with tags that can be listed by them (instances, pools)
 * the next call with the intent, or this one when it looks again, then throws an `IntentConflictError` that names both; of the others it can go unnoticed.
 *
 * **Tags.** An update replaces all tags: keep these (`tags({ ...instance.tags, env: "prod" })`). Without them a resource is found by its name only, and not adopted: the error says how to put the tag back.
 * When its name was changed too, nothing connects it with the intent, and another one is created. Kinds without tags (images, procurements, workspaces) are known by their name: leave it out of the body, so that it comes from the intent.
 *
 * Calls the resource's `create`, and `list` or `get` to look; `pools.get`, `workspaces.get` or `images.get` for the ids and names that a body refers to. Safe to repeat at any time, also after a crash. An instance
 * that was terminated since is adopted as well: look at its `status`. A procurement or workspace that was renamed since is not found.
 * @throws {IntentConflictError} the intent or name stands for something that differs from the body, or for which nothing says that it is of this intent; both are on the error
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
  const checked = readOptions(options, createOnceChecks);
  const intentName = await buildIntentName(checked.intent);
  const digests = await digestRequest(body, shownFields(rules[kind].checks));
  return new Creation(sfc, kind, body, checked, intentName, digests).run();
}

/** One call of `createOnce` under way. */
class Creation<Kind extends CreatableKind> {
  readonly #sfc: CreateClient;
  readonly #kind: Kind;
  readonly #rule: Rule<Kind>;
  readonly #intent: string;
  /** The intent as a name and as a tag. */
  readonly #intentName: string;
  readonly #asked: Creatable[Kind]["body"];
  readonly #name: string;
  readonly #digests: RequestDigests;
  readonly #pace: Pace;
  readonly #maxAttempts: number;
  readonly #adoptsUntagged: boolean;

  constructor(
    sfc: CreateClient,
    kind: Kind,
    body: Creatable[Kind]["body"],
    options: CreateOnceOptions,
    intentName: string,
    digests: RequestDigests,
  ) {
    this.#sfc = sfc;
    this.#kind = kind;
    this.#rule = rules[kind] as Rule<Kind>;
    this.#intent = options.intent;
    this.#intentName = intentName;
    this.#asked = body;
    this.#name = body.name ?? intentName;
    this.#digests = digests;
    this.#pace = new Pace(options);
    this.#maxAttempts = options.maxAttempts ?? 4;
    this.#adoptsUntagged = options.adoptUntagged ?? false;
  }

  async run(): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
    const existing = (await this.#findByIntent()) ?? (await this.#findByName().catch(ignoreUnreadable));
    if (existing) return this.#adopt(existing, 0);
    let uncertain: unknown;
    for (let attempt = 1; attempt <= this.#maxAttempts; attempt++) {
      let created: Creatable[Kind]["resource"] | undefined;
      try {
        created = await this.#create();
      } catch (error) {
        const lost = isLost(error);
        if (AbortError.is(error)) throw uncertain === undefined ? error : this.#aborted();
        if (!lost && !mayBeNameClash(error)) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
        uncertain = lost ? error : uncertain;
        if (lost) await this.#settle(attempt, error);
        const found = await this.#lookAfter(attempt, error, async () => {
          return (await this.#findByIntent()) ?? (await this.#findByName());
        });
        if (found) return this.#adopt(found, attempt, error);
        // Refused for another reason than a taken name.
        if (!lost) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
      }
      if (created !== undefined) {
        if (uncertain !== undefined) await this.#lookForTwin(created, attempt, uncertain);
        return { resource: created, outcome: "created" };
      }
    }
    throw this.#uncertain(this.#maxAttempts, uncertain);
  }

  /** The request whose response was lost may have arrived after all, and the service may not mind the name. */
  async #lookForTwin(created: Creatable[Kind]["resource"], attempt: number, lost: unknown): Promise<void> {
    const find = () => (this.#rule.findByIntent ? this.#findByIntent() : this.#findByName());
    const found = await this.#lookAfter(attempt, lost, find);
    if (found !== undefined && found.id !== created.id) throw this.#duplicates([created, found], lost);
  }

  #create(): Promise<Creatable[Kind]["resource"]> {
    const tags = {
      ...(this.#asked as { tags?: object }).tags,
      [intentTag]: this.#intentName,
      [requestTag]: writeDigests(this.#digests),
    };
    const body = { ...this.#asked, name: this.#name, ...(this.#rule.tagged && { tags }) };
    return this.#rule.create(this.#sfc, body, this.#pace.callOptions());
  }

  /** By tag, where there are tags to list by. */
  async #findByIntent(): Promise<Creatable[Kind]["resource"] | undefined> {
    const { findByIntent } = this.#rule;
    if (!findByIntent) return undefined;
    const find = () => findByIntent(this.#sfc, this.#intentName, this.#pace.callOptions());
    let found = await find();
    // An instance that was replaced while its list was read shows up next to its replacement.
    if (found.length > 1) found = await find();
    if (found.length > 1) throw this.#duplicates(found);
    return found[0];
  }

  #findByName(): Promise<Creatable[Kind]["resource"] | undefined> {
    return this.#rule.findByName(this.#sfc, this.#asked, this.#name, this.#pace.callOptions());
  }

  /** A lost request may still be on its way: give it a moment before looking. */
  async #settle(attempt: number, error: unknown, latest: unknown = error): Promise<void> {
    const ms = Math.max(1_000 * 2 ** (attempt - 1), requestedDelayMs(latest));
    if (ms > maxRequestedDelayMs) throw this.#uncertain(attempt, latest);
    await this.#pace.sleep(ms).catch(() => {
      throw this.#aborted();
    });
    if (this.#pace.isOver()) throw this.#uncertain(attempt, error);
  }

  /** Looks until it gets an answer, within limits: what became of the write is not known before. */
  async #lookAfter<T>(attempt: number, failure: unknown, find: () => Promise<T>): Promise<T> {
    for (let look = 1; ; look++) {
      try {
        return await find();
      } catch (error) {
        if (AbortError.is(error) && isLost(failure)) throw this.#aborted();
        if (IntentConflictError.is(error)) throw error;
        if (!isTransient(error) || look === 5 || this.#pace.isOver())
          throw isLost(failure) ? this.#uncertain(attempt, error) : failure;
        await this.#settle(look, failure, error);
      }
    }
  }

  async #adopt(
    existing: Creatable[Kind]["resource"],
    attempt: number,
    cause?: unknown,
  ): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
    const doubt = explainDoubt(existing, {
      kind: this.#kind,
      tagged: this.#rule.tagged,
      intent: this.#intentName,
      adoptUntagged: this.#adoptsUntagged,
    });
    if (doubt !== undefined) {
      // Of a kind without tags, what appeared after a lost response can well be ours.
      if (!this.#rule.tagged && isLost(cause)) throw this.#uncertain(attempt, cause, doubt);
      throw this.#conflict(doubt, ["intent"], existing, cause);
    }
    const differences = await this.#differences(existing);
    if (differences.length === 0) return { resource: existing, outcome: "adopted" };
    const message = `${describe(existing)} has this name or intent already, and differs in ${differences.join(", ")}.`;
    throw this.#conflict(message, differences, existing, cause);
  }

  #duplicates(found: readonly Creatable[Kind]["resource"][], cause?: unknown): IntentConflictError {
    const names = found.map(describe).join(" and ");
    const message = `${names} are both of this intent. Look at them, delete the one that is not needed, and call again.`;
    return this.#conflict(message, ["intent"], found[0], cause);
  }

  #conflict(message: string, differences: readonly string[], existing: unknown, cause: unknown): IntentConflictError {
    const found = { intent: this.#intent, differences, existing, requested: this.#asked };
    return new IntentConflictError(message, found, cause);
  }

  async #differences(existing: Creatable[Kind]["resource"]): Promise<string[]> {
    const digests = readDigests((existing as { tags?: Record<string, string> | null }).tags?.[requestTag]);
    // What people changed later does not make it another resource.
    if (digests?.whole === this.#digests.whole) return [];
    const asked = await resolveIds(this.#sfc, this.#asked, this.#pace.callOptions());
    const visible = visibleDifferences(this.#kind, asked, existing);
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

  #uncertain(attempts: number, cause: unknown, detail = ""): CreateUncertainError {
    const found = detail === "" ? "Call again with the same intent: it is found if it was." : detail;
    const message = `it is not certain whether "${this.#name}" was created. ${found}`;
    return new CreateUncertainError(this.#intent, message, { attempts, cause });
  }
}

/** For a look that is not essential: the token may not read it, or it is not there, which creating says better. */
function ignoreUnreadable(error: unknown): undefined {
  if (ApiError.is(error) && (error.status === 403 || error.status === 404)) return undefined;
  throw error;
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
function mayBeNameClash(error: unknown): boolean {
  return ApiError.is(error) && !error.ambiguous && [400, 409, 422].includes(error.status);
}

interface Named {
  readonly object: string;
  readonly id: string;
  readonly name: string;
}

export function describe({ object, id, name }: Named): string {
  return `${object} ${id} ("${name}")`;
}

/** Why a resource that has the right name or tag may not be of an intent. `undefined`: it is. */
export function explainDoubt(
  existing: Named,
  {
    kind,
    tagged,
    intent,
    adoptUntagged,
  }: { kind: CreatableKind; tagged: boolean; intent: string; adoptUntagged: boolean },
): string | undefined {
  const carried = readIntentTag(existing);
  if (tagged && carried === intent) return undefined;
  if (carried !== undefined) {
    return `${describe(existing)} carries the intent "${carried}". Give this one a name of its own.`;
  }
  if (adoptUntagged) return undefined;
  if (tagged) {
    return `${describe(existing)} has this name and carries no intent tag. Either createOnce did not create it, or an update has replaced its tags: an update that adds "${intentTag}": "${intent}" to them puts the tag back. To adopt it as it is, pass adoptUntagged: true.`;
  }
  // The name comes from the intent, and so it says whose it is.
  if (existing.name === intent) return undefined;
  return `${describe(existing)} has this name, and nothing says whether it is of this intent, because ${kind} have no tags. Leave out the name, so that it comes from the intent, or pass adoptUntagged: true.`;
}
