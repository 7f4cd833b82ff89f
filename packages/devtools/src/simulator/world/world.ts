import type { Types } from "../http/api-types.js";
import type { Tags } from "../queries/tags.js";
import type { SkuProperties } from "../storage/rows.js";

/*
 * The initial state of a simulator, in a form that is easy to write: names instead of ids, and hours from the start of the clock instead of timestamps. Ids
 * are generated from the seed.
 */

export interface WorldAllocation {
  /** Alias of the SKU. */
  readonly sku: string;
  readonly nodes: number;
  /** @default 0 */
  readonly fromHours?: number | undefined;
  /** `null`: no end. @default 720 (30 days) */
  readonly untilHours?: number | null | undefined;
}

export interface WorldPool {
  readonly name: string;
  /** @default the first workspace */
  readonly workspace?: string | undefined;
  /** @default "market" */
  readonly kind?: "market" | "originating" | "read_only" | undefined;
  readonly tags?: Tags | undefined;
  readonly allocations?: readonly WorldAllocation[] | undefined;
}

export interface WorldSku {
  readonly alias: string;
  readonly properties: SkuProperties;
}

/** A resting order of another account. */
export interface WorldBookOrder {
  readonly side: "buy" | "sell";
  readonly sku: string;
  readonly nodes: number;
  /** US dollars per node-hour, such as `"18.000000"`. */
  readonly price: string;
  readonly fromHours: number;
  readonly untilHours: number;
  /** Whether it can fill in part. @default true */
  readonly allowPartial?: boolean | undefined;
}

/** A past trade, which is public. */
export interface WorldTrade {
  readonly sku: string;
  readonly nodes: number;
  readonly price: string;
  readonly fromHours: number;
  readonly untilHours: number;
  readonly hoursAgo: number;
}

/** Instances that are waiting for nodes when the clock starts. */
export interface WorldInstance {
  readonly pool: string;
  readonly sku: string;
  /** @default the first image of the world */
  readonly image?: string | undefined;
  /** @default generated from the seed */
  readonly name?: string | undefined;
  readonly priority?: Types.InstancePriority | undefined;
  readonly tags?: Tags | undefined;
  /** Startup script (cloud-init) as plain text. @default none, so that there is no SSH access */
  readonly script?: string | undefined;
  /** The number of such instances. If there is more than one, they have generated names. @default 1 */
  readonly count?: number | undefined;
}

export interface WorldImage {
  readonly name: string;
  /** `"public"` for a public image of the vendor. @default the first workspace */
  readonly workspace?: string | undefined;
}

export interface WorldUser {
  readonly id: string;
  readonly email?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

export interface WorldFlag {
  readonly name: string;
  readonly description: string;
  /** Whether callers may change it themselves. */
  readonly userEnroll: boolean;
}

export interface World {
  /** The name of the account, which is part of resource paths. */
  readonly account: string;
  readonly entityType: Types.EntityType | null;
  /** Balance in US dollars. */
  readonly balance: string;
  readonly users: readonly WorldUser[];
  readonly workspaces: readonly string[];
  readonly firewalls: readonly { readonly name: string; readonly workspace?: string | undefined }[];
  readonly skus: readonly WorldSku[];
  readonly images: readonly WorldImage[];
  readonly pools: readonly WorldPool[];
  readonly instances: readonly WorldInstance[];
  readonly book: readonly WorldBookOrder[];
  readonly trades: readonly WorldTrade[];
  readonly flags: readonly WorldFlag[];
}

const gib = 1024 ** 3;
const tib = 1024 * gib;

function sku(
  region: string,
  chip: [code: string, shown: string],
  rdma: "infiniband" | "roce",
  publicIpv4: boolean,
): SkuProperties {
  return {
    region: { value: region, display_value: region },
    availability_zone: { value: "a", display_value: "Zone A" },
    accelerator: { value: chip[0], display_value: chip[1] },
    form_factor: { value: "sxm", display_value: "SXM" },
    rdma_type: { value: rdma, display_value: rdma === "infiniband" ? "InfiniBand" : "RoCE" },
    num_accelerators: { value: 8, display_value: "8" },
    num_vcpus: { value: 208, display_value: "208" },
    memory: { value: 2 * tib, display_value: "2 TiB" },
    local_storage: { value: 24 * tib, display_value: "24 TiB" },
    supports_public_ipv4: { value: publicIpv4, display_value: publicIpv4 ? "Yes" : "No" },
    audience_hint: null,
  };
}

/** A small organization with a pool of four H100 nodes (`main`) and two empty pools, and a market that sells and buys H100 and H200 nodes. */
export const defaultWorld: World = {
  account: "acme",
  entityType: "business",
  balance: "100000.00",
  users: [
    { id: "ada", email: "ada@acme.example", firstName: "Ada", lastName: "Moreau" },
    { id: "grace", email: "grace@acme.example", firstName: "Grace", lastName: "Okafor" },
  ],
  workspaces: ["default", "research"],
  firewalls: [{ name: "ssh-and-https" }],
  skus: [
    { alias: "richmond", properties: sku("us-west", ["h100", "NVIDIA H100"], "infiniband", false) },
    { alias: "alameda", properties: sku("us-east", ["h200", "NVIDIA H200"], "roce", true) },
    { alias: "antares", properties: sku("eu-north", ["b200", "NVIDIA B200"], "infiniband", true) },
  ],
  images: [
    { name: "ubuntu-24.04-cuda-13", workspace: "public" },
    { name: "ubuntu-22.04-cuda-12", workspace: "public" },
    { name: "trainer" },
  ],
  pools: [
    { name: "main", tags: { env: "prod" }, allocations: [{ sku: "richmond", nodes: 4 }] },
    { name: "spare" },
    { name: "notebooks", workspace: "research", tags: { env: "dev" } },
  ],
  instances: [],
  book: [
    { side: "sell", sku: "richmond", nodes: 16, price: "16.800000", fromHours: 0, untilHours: 336 },
    { side: "sell", sku: "richmond", nodes: 32, price: "19.200000", fromHours: 0, untilHours: 720 },
    { side: "buy", sku: "richmond", nodes: 8, price: "12.000000", fromHours: 0, untilHours: 336 },
    { side: "buy", sku: "richmond", nodes: 24, price: "10.800000", fromHours: 0, untilHours: 720 },
    { side: "sell", sku: "alameda", nodes: 8, price: "27.600000", fromHours: 0, untilHours: 336 },
    { side: "buy", sku: "alameda", nodes: 4, price: "21.000000", fromHours: 0, untilHours: 168 },
  ],
  trades: [
    { sku: "richmond", nodes: 2, price: "16.500000", fromHours: -20, untilHours: 28, hoursAgo: 22 },
    { sku: "richmond", nodes: 8, price: "16.200000", fromHours: -48, untilHours: 120, hoursAgo: 50 },
    { sku: "alameda", nodes: 1, price: "27.000000", fromHours: -6, untilHours: 18, hoursAgo: 8 },
    { sku: "richmond", nodes: 4, price: "15.900000", fromHours: -400, untilHours: 48, hoursAgo: 402 },
  ],
  flags: [
    { name: "capacity-forecast", description: "Shows the expected price of the coming week.", userEnroll: true },
    {
      name: "fleet-migration",
      description: "Moves the organization to the new fleet; switched by the vendor only.",
      userEnroll: false,
    },
  ],
};
