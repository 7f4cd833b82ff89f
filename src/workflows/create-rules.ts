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
import { ApiError, UsageError } from "../wrappers/errors.js";
import type { CallOptions } from "../wrappers/options.js";
import {
  findByPath,
  isInWorkspace,
  isResourcePath,
  refersTo,
  resolvePoolScope,
  resolveWorkspaceScope,
} from "./references.js";
import { sha256Hex } from "./runtime.js";
import { canonicalJson, parseDecimal, tagFilter } from "./values.js";
import { hasEnded } from "./wait.js";

/** Body and result of each resource that the API cannot create idempotently by itself. */
export interface Creatable {
  instances: { body: InstanceCreate; resource: Instance };
  pools: { body: PoolCreate; resource: Pool };
  images: { body: ImageCreate; resource: Image | ImageUpload };
  instanceTemplates: { body: InstanceTemplateCreate; resource: InstanceTemplate };
  procurements: { body: ProcurementCreate; resource: Procurement };
  workspaces: { body: WorkspaceCreate; resource: Workspace };
}

export type CreatableKind = keyof Creatable;

/** What `createOnce` calls of a client: creating, and looking where something would be. */
export type CreateClient = Pick<Resources, CreatableKind>;

/** How one kind of resource is created, found and compared. */
export interface Rule<Kind extends CreatableKind> {
  /** Whether it has tags, so that it is found by its intent and not only by its name. */
  readonly tagged: boolean;
  create(sfc: CreateClient, body: Creatable[Kind]["body"], options: CallOptions): Promise<Creatable[Kind]["resource"]>;
  findByIntent?(sfc: CreateClient, name: string, options: CallOptions): Promise<Creatable[Kind]["resource"][]>;
  findByName(
    sfc: CreateClient,
    body: Creatable[Kind]["body"],
    name: string,
    options: CallOptions,
  ): Promise<Creatable[Kind]["resource"] | undefined>;
  /** Fields that answers show. */
  readonly checks: Readonly<Record<string, FieldCheck<Creatable[Kind]["resource"]>>>;
}

export const rules: { readonly [Kind in CreatableKind]: Rule<Kind> } = {
  instances: {
    tagged: true,
    create: ({ instances }, body, options) => instances.create(body, options),
    findByIntent: ({ instances }, name, options) => findByTag(instances, name, options),
    findByName: async (sfc, { pool }, name, options) =>
      findByPath(sfc.instances, "instance", await resolvePoolScope(sfc, pool, options), name, options),
    checks: {
      name: (asked: string, { name }) => asked === name,
      pool: (asked: string, { pool }) => refersTo(asked, pool),
      image: (asked: string, { image }) => refersTo(asked, image),
      instance_sku: (asked: string, { instance_sku }) => refersTo(asked, instance_sku),
      cloud_init_user_data: (_: string, { cloud_init_user_data_used: used }) => used,
      enable_public_ipv4: (asked: boolean, { enable_public_ipv4: enabled = false }) => asked === enabled,
      tags: (asked: Record<string, string>, { tags }) => hasTags(asked, tags),
      priority_level: (asked: string, { priority_level }) => asked === (priority_level ?? "normal"),
    },
  },
  pools: {
    tagged: true,
    create: ({ pools }, body, options) => pools.create(body, options),
    findByIntent: ({ pools }, name, options) => findByTag(pools, name, options),
    findByName: async (sfc, { workspace }, name, options) => {
      const get = (path: string) => sfc.pools.get(path, {}, options);
      return findByPath({ get }, "pool", await resolveWorkspaceScope(sfc, workspace, options), name, options);
    },
    checks: {
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, pool) => isInWorkspace(asked, pool),
      tags: (asked: Record<string, string>, { tags }) => hasTags(asked, tags),
    },
  },
  images: {
    tagged: false,
    create: ({ images }, body, options) => images.create(body, options),
    findByName: async (sfc, { workspace }, name, options) =>
      findByPath(sfc.images, "image", await resolveWorkspaceScope(sfc, workspace, options), name, options),
    checks: {
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, image) => isInWorkspace(asked, image),
    },
  },
  instanceTemplates: {
    tagged: true,
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
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, template) => isInWorkspace(asked, template),
      image: (asked: string, { image }) => refersTo(asked, image),
      tags: (asked: Record<string, string>, { tags }) => hasTags(asked, tags),
    },
  },
  procurements: {
    tagged: false,
    create: ({ procurements }, body, options) => procurements.create(body, options),
    findByName: async (sfc, { pool }, name, options) =>
      findByPath(sfc.procurements, "procurement", await resolvePoolScope(sfc, pool, options), name, options),
    checks: {
      name: (asked: string, { name }) => asked === name,
      pool: (asked: string, { pool }) => refersTo(asked, pool),
      instance_sku: (asked: string, { instance_sku }) => refersTo(asked, instance_sku),
      target: (asked: number | string, { target }) => asked === target,
      min_sell_price_dollars_per_node_hour: (asked: string, it) =>
        isSamePrice(asked, it.min_sell_price_dollars_per_node_hour),
      max_buy_price_dollars_per_node_hour: (asked: string, it) =>
        isSamePrice(asked, it.max_buy_price_dollars_per_node_hour),
      managed_window_minutes: (asked: number, { managed_window_minutes }) => asked === managed_window_minutes,
      enabled: (asked: boolean, { enabled }) => asked === enabled,
    },
  },
  workspaces: {
    tagged: false,
    create: ({ workspaces }, body, options) => workspaces.create(body, options),
    findByName: (sfc, _body, name, options) => findWorkspace(sfc, name, options),
    checks: { name: (asked: string, { name }) => asked === name },
  },
};

/** Fields in which what exists differs visibly from what was asked for. */
export function visibleDifferences<Kind extends CreatableKind>(
  kind: Kind,
  body: Creatable[Kind]["body"],
  existing: Creatable[Kind]["resource"],
): string[] {
  return differencesIn(body, existing, (rules[kind] as Rule<Kind>).checks);
}

/** Compares one field of the body with the same field of what exists. */
export type FieldCheck<Resource> = (asked: never, existing: Resource) => boolean;

/** Fields whose values in the body are not what the resource shows. Fields that were left out may have any value. */
export function differencesIn<Resource>(
  body: object,
  existing: Resource,
  checks: Readonly<Record<string, FieldCheck<Resource>>>,
): string[] {
  return Object.entries(body)
    .filter(([field, asked]) => {
      const check = checks[field];
      return asked !== undefined && asked !== null && check !== undefined && !check(asked as never, existing);
    })
    .map(([field]) => field);
}

/** Whether all tags that were asked for are there; further ones do not matter. */
export function hasTags(
  asked: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return Object.entries(asked).every(([key, value]) => existing?.[key] === value);
}

/** Equal as numbers, whatever the number of decimals, or apart by no more than the service's rounding to its grid. */
export function isSamePrice(asked: string, existing: string): boolean {
  const [a, b] = [parseDecimal(asked), parseDecimal(existing)];
  if (!a || !b) return asked === existing;
  const left = a.units * 10n ** BigInt(b.scale);
  const right = b.units * 10n ** BigInt(a.scale);
  const apart = left > right ? left - right : right - left;
  // At most half a step of $0.000060.
  return apart * 1_000_000n <= 30n * 10n ** BigInt(a.scale + b.scale);
}

/** Resources that carry the intent's tag, whatever their names are by now: those that live, or else one that ended. */
export async function findByTag<Resource extends object>(
  resources: { list(query: { tag: string[] }, options: CallOptions): AsyncIterable<Resource> },
  name: string,
  options: CallOptions,
): Promise<Resource[]> {
  const ended: Resource[] = [];
  const alive: Resource[] = [];
  for await (const resource of resources.list({ tag: tagFilter({ [intentTag]: name }) }, options)) {
    // Several filters can mean "any", and a service that ignores them would hand out someone else's resource.
    if (readIntentTag(resource) !== name) continue;
    // A replacement inherits the tags of the instance that it ended: the one that lives counts.
    ("status" in resource && hasEnded(String(resource.status)) ? ended : alive).push(resource);
  }
  return alive.length > 0 ? alive : ended.slice(0, 1);
}

/** The intent's name in a resource's tags. */
export function readIntentTag(resource: object): string | undefined {
  return (resource as { tags?: Record<string, string> | null }).tags?.[intentTag];
}

export async function findWorkspace(
  { workspaces }: Pick<Resources, "workspaces">,
  name: string,
  options: CallOptions,
): Promise<Workspace | undefined> {
  for await (const workspace of workspaces.list({}, options)) if (workspace.name === name) return workspace;
  return undefined;
}

/** The body with ids in place of paths: in another workspace, something else has the same name. */
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

/** A resource's name for an intent: the intent itself where it can be a name, else a readable start and a hash of the whole. */
export async function buildIntentName(intent: string): Promise<string> {
  if (typeof intent !== "string" || intent === "") {
    throw new UsageError("options.intent", "must name what is created, for example by the id of the job that needs it");
  }
  if (nameShape.test(intent)) return intent;
  const start = intent.replace(/[^a-zA-Z0-9._-]+/g, "-").replace(/^[^a-zA-Z0-9]+/, "");
  return `${start.slice(0, 100) || "intent"}-${(await sha256Hex(intent)).slice(0, 24)}`;
}

/** Tags by which a resource is found again, also when it was renamed. */
export const intentTag = "sfc-preview-sdk.intent";
/** Digests of the body: of all of it, and of the fields that no answer shows, such as the startup script. */
export const requestTag = "sfc-preview-sdk.request";

export interface RequestDigests {
  readonly whole: string;
  readonly hidden: string;
}

/** `shown` are the fields that answers show in a form that can be compared. */
export async function digestRequest(body: object, shown: readonly string[]): Promise<RequestDigests> {
  const hidden = Object.entries(body).filter(([field]) => !shown.includes(field));
  return { whole: await digest(body), hidden: await digest(Object.fromEntries(hidden)) };
}

export function writeDigests({ whole, hidden }: RequestDigests): string {
  return `${whole}.${hidden}`;
}

export function readDigests(tag: string | undefined): RequestDigests | undefined {
  const [whole, hidden] = tag?.split(".") ?? [];
  return whole === undefined || hidden === undefined ? undefined : { whole, hidden };
}

async function digest(value: object): Promise<string> {
  return (await sha256Hex(canonicalJson(value) ?? "")).slice(0, 32);
}
