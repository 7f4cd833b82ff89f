import type { QueryOf, Types } from "../../http/api-types.js";
import { notFound } from "../../http/errors.js";
import type { Handlers } from "../../http/handler.js";
import { sum, toRanges } from "../../market/schedule.js";
import { remainingSchedule, restingOrders } from "../../market/trading.js";
import { creationPage, listResponse, sorted } from "../../queries/lists.js";
import { propertyValue } from "../../queries/requirements.js";
import { skuSummary } from "../../queries/summaries.js";
import type { Simulation } from "../../simulation.js";
import type { SkuRow } from "../../storage/rows.js";
import { canonicalId } from "../../world/ids.js";

const propertyKeys = [
  "region",
  "availability_zone",
  "accelerator",
  "form_factor",
  "rdma_type",
  "num_accelerators",
  "num_vcpus",
  "memory",
  "local_storage",
  "supports_public_ipv4",
] as const;
type PropertyKey = (typeof propertyKeys)[number];

function needSkuById(sim: Simulation, id: string): SkuRow {
  const row = sim.store.skus.get(canonicalId(id));
  if (row === undefined) throw notFound("instance SKU");
  return row;
}

export function presentSku(row: SkuRow): Types.InstanceSku {
  return { object: "instance_sku", id: row.id, alias: row.alias, ...structuredClone(row.properties) };
}

/** Presents the nodes that others offer in the book. */
function presentAvailability(sim: Simulation, row: SkuRow): Types.InstanceSkuAvailability {
  const offered = restingOrders(sim, row.id).filter((order) => order.side === "sell" && order.poolId === null);
  return {
    object: "instance_sku_availability",
    instance_sku: skuSummary(sim, row.id),
    schedule: toRanges(sum(offered.map((order) => remainingSchedule(sim, order)))),
  };
}

function meets(row: SkuRow, query: QueryOf<"list_instance_sku_availability">): boolean {
  if (query.id !== undefined && row.id !== canonicalId(query.id)) return false;
  return propertyKeys.every(
    (key) => query[key] === undefined || propertyValue(row.properties, key) === String(query[key]),
  );
}

interface CatalogEntry {
  readonly key: PropertyKey;
  /** The values in the form that filters use, each with its display name. */
  readonly values: ReadonlyMap<string, string>;
}

/** Lists all properties and values that the SKUs of this world have. */
function catalog(sim: Simulation): CatalogEntry[] {
  return propertyKeys.map((key) => {
    const values = new Map<string, string>();
    for (const { properties } of sim.store.skus.all()) {
      const property = properties[key];
      if (property !== null && property !== undefined) values.set(String(property.value), property.display_value);
    }
    return { key, values };
  });
}

function presentEntry(sim: Simulation, { key, values }: CatalogEntry): Types.InstanceSkuProperty {
  const words = key.replaceAll("_", " ");
  const stable_at = sim.accountCreatedAt;
  return {
    type: "enumeration",
    key: { name: key, display_name: words, description: `The ${words} of a node.`, stable_at },
    values: [...values].map(([name, display_name]) => ({
      name,
      display_name,
      description: `${words}: ${display_name}.`,
      stable_at,
    })),
  };
}

export const instanceSkus: Handlers<
  | "list_instance_skus"
  | "get_instance_sku"
  | "list_instance_sku_availability"
  | "get_instance_sku_availability"
  | "list_instance_sku_property_catalog"
> = {
  list_instance_skus({ query }, sim) {
    return listResponse(creationPage(sim, sim.store.skus.all(), query, "iskuc"), presentSku);
  },

  get_instance_sku({ path }, sim) {
    return presentSku(needSkuById(sim, path[0]));
  },

  list_instance_sku_availability({ query }, sim) {
    const rows = sim.store.skus.where((row) => meets(row, query));
    return listResponse(creationPage(sim, rows, query, "iskuc"), (row) => presentAvailability(sim, row));
  },

  get_instance_sku_availability({ path }, sim) {
    return presentAvailability(sim, needSkuById(sim, path[0]));
  },

  list_instance_sku_property_catalog({ query }, sim) {
    // The prefix of these cursors is not published.
    const listing = { prefix: "iskupc", most: 200, descending: false, position: ({ key }: CatalogEntry) => [key] };
    return listResponse(sorted(sim, catalog(sim), query, listing), (entry) => presentEntry(sim, entry));
  },
};
