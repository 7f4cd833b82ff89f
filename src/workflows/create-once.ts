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
  readBody,
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
  /** Identifies this one resource, for example by the id of the job that needs it. The same intent never creates a second one. */
  readonly intent: string;
  /**
   * Whether to adopt a resource that has the name and matches the body when nothing proves that it belongs to this intent: it has no intent tag, or
   * its kind has no tags and the body sets the name. A resource with the tag of another intent is never adopted. @default false
   */
  readonly adoptUntagged?: boolean | undefined;
  /** Maximum number of `create` calls after responses were lost. @default 4 */
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
  /** `"adopted"`: the resource already existed, from an earlier call with the same intent or from a request of this call whose response was lost. */
  readonly outcome: "created" | "adopted";
}

/**
 * Creates a resource exactly once, where the API takes no idempotency key.
 *
 * ```ts
 * const { resource: instance } = await createOnce(sfc, "instances", { pool, image, instance_sku }, { intent: "job-17" });
 * ```
 *
 * The name (unless the body has one) and, for kinds with tags, two tags are derived from the intent. `createOnce` first looks up an existing resource
 * by tag and by name, and again after every failure that leaves it uncertain whether the write took effect. It adopts a resource that has the intent
 * and matches the body. If it finds none, it calls `create` again. After a lost response it also checks for duplicates.
 *
 * **Names.** `createOnce` assumes that the service refuses a name that is taken. This prevents a duplicate when two processes call at the same time,
 * and when a request arrives late. The API description states it for instances, images and procurements, not for pools, templates and workspaces. If
 * the service does not enforce it, two simultaneous calls can create two resources, and so can one call whose response was lost while lists lag
 * behind writes. For kinds that can be listed by tag (instances, pools), this call or the next one with the intent then throws an
 * `IntentConflictError` that names both. For other kinds a duplicate can go unnoticed.
 *
 * **Tags.** An update replaces all tags, so include these (`tags({ ...instance.tags, env: "prod" })`). Without them a resource is found only by its
 * name, and is not adopted: the error explains how to restore the tag. If its name was changed too, nothing connects it with the intent, and another
 * one is created. Kinds without tags (images, procurements, workspaces) are recognized by name: omit it from the body, so that it is derived from the
 * intent.
 *
 * Calls the resource's `create`, `list` and `get`, and `pools.get`, `workspaces.get` or `images.get` for references in the body. It is safe to repeat
 * at any time with the same intent and body, even after a crash. An instance that was terminated in the meantime is adopted too: check its `status`.
 * A procurement or workspace that was renamed in the meantime is not found. Without `deadlineMs` the whole call has no time limit.
 * @throws {IntentConflictError} a resource with this intent or name differs from the body, or nothing proves that it belongs to this intent;
 * `existing` and `requested` are on the error
 * @throws {CreateUncertainError} it is not certain whether the resource was created: call again with the same intent
 * @throws {ApiError} the service refuses the body
 * @throws {AbortError} `signal` aborted; `ambiguous: true` when a creation may have taken effect
 */
export async function createOnce<Kind extends CreatableKind>(
  sfc: CreateClient,
  kind: Kind,
  body: Creatable[Kind]["body"],
  options: CreateOnceOptions,
): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
  checkValue(kind, aKind, "kind");
  const requested = readBody(kind, body);
  const checked = readOptions(options, createOnceChecks);
  const intentName = await buildIntentName(checked.intent);
  const digests = await digestRequest(requested, shownFields(rules[kind].checks));
  return new Creation(sfc, kind, requested, checked, intentName, digests).run();
}

/** One call of `createOnce`. */
class Creation<Kind extends CreatableKind> {
  readonly #sfc: CreateClient;
  readonly #kind: Kind;
  readonly #rule: Rule<Kind>;
  readonly #intent: string;
  /** The intent as a valid name and tag value. */
  readonly #intentName: string;
  readonly #requested: Creatable[Kind]["body"];
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
    this.#requested = body;
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
        const lost = mayHaveApplied(error);
        if (AbortError.is(error)) throw uncertain === undefined ? error : this.#aborted();
        if (!lost && !mayBeNameClash(error)) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
        uncertain = lost ? error : uncertain;
        if (lost) await this.#pauseBeforeLookup(attempt, error);
        const found = await this.#lookUpAfter(attempt, error, async () => {
          return (await this.#findByIntent()) ?? (await this.#findByName());
        });
        if (found) return this.#adopt(found, attempt, error);
        // No resource has the name, so the error has another cause.
        if (!lost) throw uncertain === undefined ? error : this.#uncertain(attempt, error);
      }
      if (created !== undefined) {
        if (uncertain !== undefined) await this.#checkForDuplicate(created, attempt, uncertain);
        return { resource: created, outcome: "created" };
      }
    }
    throw this.#uncertain(this.#maxAttempts, uncertain);
  }

  /** Checks whether the request whose response was lost also created a resource, which is possible if the service accepts a name twice. */
  async #checkForDuplicate(created: Creatable[Kind]["resource"], attempt: number, lost: unknown): Promise<void> {
    const find = () => (this.#rule.findByIntent ? this.#findByIntent() : this.#findByName());
    const found = await this.#lookUpAfter(attempt, lost, find);
    if (found !== undefined && found.id !== created.id) throw this.#duplicates([created, found], lost);
  }

  #create(): Promise<Creatable[Kind]["resource"]> {
    const tags = {
      ...(this.#requested as { tags?: object }).tags,
      [intentTag]: this.#intentName,
      [requestTag]: writeDigests(this.#digests),
    };
    const body = { ...this.#requested, name: this.#name, ...(this.#rule.tagged && { tags }) };
    return this.#rule.create(this.#sfc, body, this.#pace.callOptions());
  }

  /** Finds a resource by its intent tag, for kinds that can be listed by tag. */
  async #findByIntent(): Promise<Creatable[Kind]["resource"] | undefined> {
    const { findByIntent } = this.#rule;
    if (!findByIntent) return undefined;
    const find = () => findByIntent(this.#sfc, this.#intentName, this.#pace.callOptions());
    let found = await find();
    // If an instance is replaced while its list is read, the list contains both it and its replacement.
    if (found.length > 1) found = await find();
    if (found.length > 1) throw this.#duplicates(found);
    return found[0];
  }

  #findByName(): Promise<Creatable[Kind]["resource"] | undefined> {
    return this.#rule.findByName(this.#sfc, this.#requested, this.#name, this.#pace.callOptions());
  }

  /** A request whose response was lost may still be in progress: wait before the lookup. */
  async #pauseBeforeLookup(attempt: number, error: unknown, latest: unknown = error): Promise<void> {
    const ms = Math.max(1_000 * 2 ** (attempt - 1), requestedDelayMs(latest));
    if (ms > maxRequestedDelayMs) throw this.#uncertain(attempt, latest);
    await this.#pace.sleep(ms).catch(() => {
      throw this.#aborted();
    });
    if (this.#pace.isOver()) throw this.#uncertain(attempt, error);
  }

  /** Repeats a failed lookup, within limits, because only a lookup shows whether the write took effect. */
  async #lookUpAfter<T>(attempt: number, failure: unknown, find: () => Promise<T>): Promise<T> {
    for (let lookup = 1; ; lookup++) {
      try {
        return await find();
      } catch (error) {
        if (AbortError.is(error) && mayHaveApplied(failure)) throw this.#aborted();
        if (IntentConflictError.is(error)) throw error;
        if (!isTransient(error) || lookup === 5 || this.#pace.isOver())
          throw mayHaveApplied(failure) ? this.#uncertain(attempt, error) : failure;
        await this.#pauseBeforeLookup(lookup, failure, error);
      }
    }
  }

  async #adopt(
    existing: Creatable[Kind]["resource"],
    attempt: number,
    cause?: unknown,
  ): Promise<CreatedOnce<Creatable[Kind]["resource"]>> {
    const doubt = explainMismatch(existing, {
      kind: this.#kind,
      tagged: this.#rule.tagged,
      intent: this.#intentName,
      adoptUntagged: this.#adoptsUntagged,
    });
    if (doubt !== undefined) {
      // For a kind without tags, a resource that exists after a lost response may have been created by this call.
      if (!this.#rule.tagged && mayHaveApplied(cause)) throw this.#uncertain(attempt, cause, doubt);
      throw this.#conflict(doubt, ["intent"], existing, cause);
    }
    const differences = await this.#differences(existing);
    if (differences.length === 0) return { resource: existing, outcome: "adopted" };
    const message = `${describe(existing)} already has this name or intent, and differs in ${differences.join(", ")}.`;
    throw this.#conflict(message, differences, existing, cause);
  }

  #duplicates(found: readonly Creatable[Kind]["resource"][], cause?: unknown): IntentConflictError {
    const names = found.map(describe).join(" and ");
    const message = `${names} both have this intent. Delete the one that is not needed, and call again.`;
    return this.#conflict(message, ["intent"], found[0], cause);
  }

  #conflict(message: string, differences: readonly string[], existing: unknown, cause: unknown): IntentConflictError {
    const found = { intent: this.#intent, differences, existing, requested: this.#requested };
    return new IntentConflictError(message, found, cause);
  }

  async #differences(existing: Creatable[Kind]["resource"]): Promise<string[]> {
    const digests = readDigests((existing as { tags?: Record<string, string> | null }).tags?.[requestTag]);
    // The resource was created from this body. Later changes to it are not differences.
    if (digests?.whole === this.#digests.whole) return [];
    const requested = await resolveIds(this.#sfc, this.#requested, this.#pace.callOptions());
    const visible = visibleDifferences(this.#kind, requested, existing);
    return digests === undefined || digests.hidden === this.#digests.hidden
      ? visible
      : [...visible, ...this.#hiddenFields()];
  }

  #hiddenFields(): string[] {
    const shown = shownFields(this.#rule.checks);
    const fields = Object.keys(this.#requested).filter((field) => !shown.includes(field));
    return fields.length > 0 ? fields : ["a field that was left out"];
  }

  #aborted(): AbortError {
    const message = `aborted by the caller's signal; it is not certain whether "${this.#name}" was created.`;
    return new AbortError(message, { ambiguous: true });
  }

  #uncertain(attempts: number, cause: unknown, detail = ""): CreateUncertainError {
    const found = detail === "" ? "Call again with the same intent: if it exists, it is found then." : detail;
    const message = `it is not certain whether "${this.#name}" was created. ${found}`;
    return new CreateUncertainError(this.#intent, message, { attempts, cause });
  }
}

/** Ignores 403 and 404 in an optional lookup, because `create` reports the error then. */
function ignoreUnreadable(error: unknown): undefined {
  if (ApiError.is(error) && (error.status === 403 || error.status === 404)) return undefined;
  throw error;
}

/** Fields that a response contains completely. For a startup script it contains only whether there is one. */
function shownFields(checks: object): string[] {
  return Object.keys(checks).filter((field) => field !== "cloud_init_user_data");
}

/** Whether the write may have taken effect. */
function mayHaveApplied(error: unknown): boolean {
  return SfcError.is(error) && error.ambiguous;
}

/** Whether an error may mean that the name is taken. The status for that is not documented for every resource. */
function mayBeNameClash(error: unknown): boolean {
  return ApiError.is(error) && !error.ambiguous && [400, 409, 422].includes(error.status);
}

interface Named {
  readonly object: string;
  readonly id: string;
  readonly name: string;
}

function describe({ object, id, name }: Named): string {
  return `${object} ${id} ("${name}")`;
}

/** Explains why a resource with the right name or tag may not belong to the intent. Returns `undefined` when it does. */
function explainMismatch(
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
    return `${describe(existing)} has the tag of the intent "${carried}". Use another name for this intent.`;
  }
  if (adoptUntagged) return undefined;
  if (tagged) {
    return `${describe(existing)} has this name but no intent tag. Either createOnce did not create it, or an update has replaced its tags. To restore the tag, update its tags with "${intentTag}": "${intent}". To adopt it without the tag, set adoptUntagged: true.`;
  }
  // A name that is derived from the intent proves that the resource belongs to it.
  if (existing.name === intent) return undefined;
  return `${describe(existing)} has this name, and nothing proves that it belongs to this intent, because ${kind} have no tags. Omit the name, so that it is derived from the intent, or set adoptUntagged: true.`;
}
