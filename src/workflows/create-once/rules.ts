import type { CallOptions } from "../../wrappers/options.js";
import { differencesIn, type FieldCheck, hasTags, isIn, isSamePrice, refersTo } from "./compare.js";
import type { Creatable, CreatableKind, CreateClient } from "./kinds.js";
import { findByPath, findByTag, findWorkspace, scopeOfPool, scopeOfWorkspace } from "./lookup.js";

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
      findByPath(sfc.instances, "instance", await scopeOfPool(sfc, pool, options), name, options),
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
      return findByPath({ get }, "pool", await scopeOfWorkspace(sfc, workspace, options), name, options);
    },
    checks: {
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, pool) => isIn(asked, pool),
      tags: (asked: Record<string, string>, { tags }) => hasTags(asked, tags),
    },
  },
  images: {
    tagged: false,
    create: ({ images }, body, options) => images.create(body, options),
    findByName: async (sfc, { workspace }, name, options) =>
      findByPath(sfc.images, "image", await scopeOfWorkspace(sfc, workspace, options), name, options),
    checks: {
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, image) => isIn(asked, image),
    },
  },
  instanceTemplates: {
    tagged: true,
    create: ({ instanceTemplates }, body, options) => instanceTemplates.create(body, options),
    findByName: async (sfc, { workspace }, name, options) =>
      findByPath(
        sfc.instanceTemplates,
        "instance_template",
        await scopeOfWorkspace(sfc, workspace, options),
        name,
        options,
      ),
    checks: {
      name: (asked: string, { name }) => asked === name,
      workspace: (asked: string, template) => isIn(asked, template),
      image: (asked: string, { image }) => refersTo(asked, image),
      tags: (asked: Record<string, string>, { tags }) => hasTags(asked, tags),
    },
  },
  procurements: {
    tagged: false,
    create: ({ procurements }, body, options) => procurements.create(body, options),
    findByName: async (sfc, { pool }, name, options) =>
      findByPath(sfc.procurements, "procurement", await scopeOfPool(sfc, pool, options), name, options),
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
