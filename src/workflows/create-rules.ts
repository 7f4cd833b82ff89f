import type { Resources } from "../generated/resources/index.js";
import type {
  Image,
  ImageCreate,
  ImageUpload,
  Instance,
  InstanceCreate,
  InstanceTemplate,
  InstanceTemplateCreate,
  Pool,
  PoolCreate,
  Procurement,
  ProcurementCreate,
  Workspace,
  WorkspaceCreate,
} from "../generated/types.js";
import { anObject, aText, checkValue } from "../wrappers/checks.js";
import { ApiError, UsageError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import {
  findByPath,
  isAsRequested,
  isInWorkspace,
  isResourcePath,
  refersTo,
  resolvePoolScope,
  resolveWorkspaceScope,
} from "./references.js";
import { sha256Hex } from "./runtime.js";
import { canonicalJson, copyPlain, parseDecimal, readResponse, tagFilter } from "./values.js";
import { hasEnded } from "./wait.js";

/** Body and result of each resource whose creation takes no idempotency key. */
export interface Creatable {
  instances: { body: InstanceCreate; resource: Instance };
  pools: { body: PoolCreate; resource: Pool };
  images: { body: ImageCreate; resource: Image | ImageUpload };
  instanceTemplates: { body: InstanceTemplateCreate; resource: InstanceTemplate };
  procurements: { body: ProcurementCreate; resource: Procurement };
  workspaces: { body: WorkspaceCreate; resource: Workspace };
}

export type CreatableKind = keyof Creatable;

/** The resources of a client that `createOnce` calls, to create and to look up. */
export type CreateClient = Pick<Resources, CreatableKind>;

/** How one kind of resource is created, found and compared. */
export interface Rule<Kind extends CreatableKind> {
  /** Whether this kind has tags. */
  readonly tagged: boolean;
  /** The member of the body that refers to the pool or workspace within which names are unique. Absent when they are unique in the account. */
  readonly scope?: "pool" | "workspace";
  create(sfc: CreateClient, body: Creatable[Kind]["body"], options: CallOptions): Promise<Creatable[Kind]["resource"]>;
  findByIntent?(sfc: CreateClient, name: string, options: CallOptions): Promise<Creatable[Kind]["resource"][]>;
  findByName(
    sfc: CreateClient,
    body: Creatable[Kind]["body"],
    name: string,
    options: CallOptions,
  ): Promise<Creatable[Kind]["resource"] | undefined>;
  /** The comparison of each field that responses contain. */
  readonly checks: Readonly<Record<string, FieldCheck<Creatable[Kind]["resource"]>>>;
}

export const rules: { readonly [Kind in CreatableKind]: Rule<Kind> } = {
  instances: {
    tagged: true,
    scope: "pool",
    create: ({ instances }, body, options) => instances.create(body, options),
    findByIntent: ({ instances }, name, options) => findByTag(instances, name, options),
    findByName: async (sfc, { pool }, name, options) =>
      findByPath(sfc.instances, "instance", await resolvePoolScope(sfc, pool, options), name, options),
    checks: {
      name: (requested: string, { name }) => requested === name,
      pool: (requested: string, { pool }) => refersTo(requested, pool),
      image: (requested: string, { image }) => refersTo(requested, image),
      instance_sku: (requested: string, { instance_sku }) => refersTo(requested, instance_sku),
      cloud_init_user_data: (_: string, { cloud_init_user_data_used: used }) => used,
      enable_public_ipv4: (requested: boolean, { enable_public_ipv4: enabled = false }) => requested === enabled,
      tags: (requested: Record<string, string>, { tags }) => hasTags(requested, tags),
      priority_level: (requested: string, { priority_level }) => requested === (priority_level ?? "normal"),
    },
  },
  pools: {
    tagged: true,
    scope: "workspace",
    create: ({ pools }, body, options) => pools.create(body, options),
    findByIntent: ({ pools }, name, options) => findByTag(pools, name, options),
    findByName: async (sfc, { workspace }, name, options) => {
      const get = (path: string) => sfc.pools.get(path, {}, options);
      return findByPath({ get }, "pool", await resolveWorkspaceScope(sfc, workspace, options), name, options);
    },
    checks: {
      name: (requested: string, { name }) => requested === name,
      workspace: (requested: string, pool) => isInWorkspace(requested, pool),
      tags: (requested: Record<string, string>, { tags }) => hasTags(requested, tags),
    },
  },
  images: {
    tagged: false,
    scope: "workspace",
    create: ({ images }, body, options) => images.create(body, options),
    findByName: async (sfc, { workspace }, name, options) =>
      findByPath(sfc.images, "image", await resolveWorkspaceScope(sfc, workspace, options), name, options),
    checks: {
      name: (requested: string, { name }) => requested === name,
      workspace: (requested: string, image) => isInWorkspace(requested, image),
    },
  },
  instanceTemplates: {
    tagged: true,
    scope: "workspace",
    create: ({ instanceTemplates }, body, options) => instanceTemplates.create(body, options),
    findByName: async (sfc, { workspace }, name, options) =>
      findByPath(
        sfc.instanceTemplates,
        "instance_template",
        await resolveWorkspaceScope(sfc, workspace, options),
        name,
        options,
      ),
    checks: {
      name: (requested: string, { name }) => requested === name,
      workspace: (requested: string, template) => isInWorkspace(requested, template),
      image: (requested: string, { image }) => refersTo(requested, image),
      tags: (requested: Record<string, string>, { tags }) => hasTags(requested, tags),
    },
  },
  procurements: {
    tagged: false,
    scope: "pool",
    create: ({ procurements }, body, options) => procurements.create(body, options),
    findByName: async (sfc, { pool }, name, options) =>
      findByPath(sfc.procurements, "procurement", await resolvePoolScope(sfc, pool, options), name, options),
    checks: {
      name: (requested: string, { name }) => requested === name,
      pool: (requested: string, { pool }) => refersTo(requested, pool),
      instance_sku: (requested: string, { instance_sku }) => refersTo(requested, instance_sku),
      target: (requested: number | string, { target }) => requested === target,
      min_sell_price_dollars_per_node_hour: (requested: string, it) =>
        isSamePrice(requested, it.min_sell_price_dollars_per_node_hour),
      max_buy_price_dollars_per_node_hour: (requested: string, it) =>
        isSamePrice(requested, it.max_buy_price_dollars_per_node_hour),
      managed_window_minutes: (requested: number, { managed_window_minutes }) => requested === managed_window_minutes,
      enabled: (requested: boolean, { enabled }) => requested === enabled,
    },
  },
  workspaces: {
    tagged: false,
    create: ({ workspaces }, body, options) => workspaces.create(body, options),
    findByName: (sfc, _body, name, options) => findWorkspace(sfc, name, options),
    checks: { name: (requested: string, { name }) => requested === name },
  },
};

const references = ["name", "pool", "workspace", "image", "instance_sku"] as const;

/** Copies the body, and checks the members that the lookups read. The service checks the others. */
export function readBody<Kind extends CreatableKind>(
  kind: Kind,
  given: Creatable[Kind]["body"],
): Creatable[Kind]["body"] {
  checkValue(given, anObject, "body");
  const body = copyPlain(given, "body");
  const { scope } = rules[kind];
  const members = body as Partial<Record<(typeof references)[number], unknown>>;
  for (const name of references) {
    const isAbsent = members[name] === undefined || members[name] === null;
    if (!isAbsent || name === scope) checkValue(members[name], aText, `body.${name}`);
  }
  return body;
}

/** Fields in which the existing resource visibly differs from the body. */
export function visibleDifferences<Kind extends CreatableKind>(
  kind: Kind,
  body: Creatable[Kind]["body"],
  existing: Creatable[Kind]["resource"],
): string[] {
  return differencesIn(body, existing, (rules[kind] as Rule<Kind>).checks);
}

/** Compares one field of the body with the same field of the existing resource. */
export type FieldCheck<Resource> = (requested: never, existing: Resource) => boolean;

/** Fields whose values in the body differ from the resource. Omitted fields may have any value. */
function differencesIn<Resource>(
  body: object,
  existing: Resource,
  checks: Readonly<Record<string, FieldCheck<Resource>>>,
): string[] {
  return Object.entries(body)
    .filter(([field, asked]) => {
      const check = checks[field];
      return (
        asked !== undefined &&
        asked !== null &&
        check !== undefined &&
        !isAsRequested(() => check(asked as never, existing))
      );
    })
    .map(([field]) => field);
}

/** Whether the resource has all requested tags; others are ignored. */
function hasTags(
  requested: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return Object.entries(requested).every(([key, value]) => existing?.[key] === value);
}

/** Whether two prices are equal, or differ by at most half a price step, because the service rounds. */
function isSamePrice(requested: string, existing: string): boolean {
  const [a, b] = [parseDecimal(requested), parseDecimal(existing)];
  if (!a || !b) return requested === existing;
  const left = a.units * 10n ** BigInt(b.scale);
  const right = b.units * 10n ** BigInt(a.scale);
  const apart = left > right ? left - right : right - left;
  // At most half a step of $0.000060.
  return apart * 1_000_000n <= 30n * 10n ** BigInt(a.scale + b.scale);
}

/** Finds resources with the tag of the intent, whatever their names: those that have not ended, otherwise one that has. */
async function findByTag<Resource extends object>(
  resources: { list(query: { tag: string[] }, options: CallOptions): AsyncIterable<Resource> },
  name: string,
  options: CallOptions,
): Promise<Resource[]> {
  const ended: Resource[] = [];
  const alive: Resource[] = [];
  for await (const resource of resources.list({ tag: tagFilter({ [intentTag]: name }) }, options)) {
    // Checked here too: several filters can mean "any of them", and a service that ignored them would return another caller's resource.
    if (readResponse("the list", () => readIntentTag(resource)) !== name) continue;
    // A replacement inherits the tags of the instance that it replaced, so the instance that has not ended takes precedence.
    ("status" in resource && hasEnded(String(resource.status)) ? ended : alive).push(resource);
  }
  return alive.length > 0 ? alive : ended.slice(0, 1);
}

/** Reads the intent from the tags of a resource. */
export function readIntentTag(resource: object): string | undefined {
  return (resource as { tags?: Record<string, string> | null }).tags?.[intentTag];
}

async function findWorkspace(
  { workspaces }: Pick<Resources, "workspaces">,
  name: string,
  options: CallOptions,
): Promise<Workspace | undefined> {
  for await (const workspace of workspaces.list({}, options)) {
    if (readResponse("the list", () => workspace.name) === name) return workspace;
  }
  return undefined;
}

/** Replaces resource paths in the body with ids, because responses contain ids. */
export async function resolveIds<Body extends object>(
  { pools, images }: CreateClient,
  body: Body,
  options: CallOptions,
): Promise<Body> {
  const ids = { ...body } as Body & { pool?: string; image?: string };
  if (ids.pool !== undefined) ids.pool = await resolveId(ids.pool, (path) => pools.get(path, {}, options));
  if (ids.image !== undefined) ids.image = await resolveId(ids.image, (path) => images.get(path, options));
  return ids;
}

async function resolveId(reference: string, get: (path: string) => Promise<{ readonly id: string }>): Promise<string> {
  if (!isResourcePath(reference)) return reference;
  try {
    return (await get(reference)).id;
  } catch (error) {
    if (ApiError.is(error) && error.status === 404) return reference;
    throw error;
  }
}

const nameShape = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

/** Builds the name for an intent: the intent itself if it is a valid name, otherwise its readable beginning and a hash of the whole intent. */
export async function buildIntentName(intent: string): Promise<string> {
  if (typeof intent !== "string" || intent === "") {
    throw new UsageError(
      "options.intent",
      "must identify the resource, for example by the id of the job that needs it",
    );
  }
  if (nameShape.test(intent)) return intent;
  const start = intent.replace(/[^a-zA-Z0-9._-]+/g, "-").replace(/^[^a-zA-Z0-9]+/, "");
  return `${start.slice(0, 100) || "intent"}-${(await sha256Hex(intent)).slice(0, 24)}`;
}

/** The tag that identifies a resource, even after it was renamed. */
export const intentTag = "sfc-preview-sdk.intent";
/** The tag with digests of the body: of the whole body, and of the fields that responses do not show, such as the startup script. */
export const requestTag = "sfc-preview-sdk.request";

export interface RequestDigests {
  readonly whole: string;
  readonly hidden: string;
}

/** Computes the digests of a body. `shown` lists the fields that responses contain in a form that can be compared. */
export async function digestRequest(body: object, shown: readonly string[]): Promise<RequestDigests> {
  const whole = await digest(body);
  const hidden = Object.entries(body).filter(([field]) => !shown.includes(field));
  return { whole, hidden: await digest(Object.fromEntries(hidden)) };
}

export function writeDigests({ whole, hidden }: RequestDigests): string {
  return `${whole}.${hidden}`;
}

export function readDigests(tag: unknown): RequestDigests | undefined {
  const [whole, hidden] = typeof tag === "string" ? tag.split(".") : [];
  return whole === undefined || hidden === undefined ? undefined : { whole, hidden };
}

async function digest(body: object): Promise<string> {
  return (await sha256Hex(toJson(body))).slice(0, 32);
}

function toJson(body: object): string {
  try {
    return canonicalJson(body) ?? "";
  } catch {
    // The original error may quote the body.
    throw new UsageError("body", "cannot be written as JSON");
  }
}
