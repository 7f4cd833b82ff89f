import type { Types } from "../http/api-types.js";
import type { Micros } from "../market/money.js";
import type { Schedule } from "../market/schedule.js";
import type { Tags } from "../queries/tags.js";
import type { NamedRow, Row } from "./table.js";

/*
 * The rows that the simulator stores. Where responses contain summaries, rows contain the ids of other rows, so that a rename applies everywhere.
 * Times named `…At` are in Unix seconds, as the API represents them. Times named `…Ms` are in milliseconds of the simulated clock.
 */

export interface WorkspaceRow extends NamedRow {
  /** The name of the account, which is part of resource paths, and the scope in which the workspace's name is unique. */
  readonly owner: string;
  readonly isPublic: boolean;
  readonly createdAt: number;
}

export interface UserRow extends Row {
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly createdAt: number;
}

export interface SkuRow extends Row {
  readonly alias: string;
  readonly properties: SkuProperties;
}

export type SkuProperties = Omit<Types.InstanceSku, "object" | "id" | "alias">;

export interface PoolRow extends NamedRow {
  readonly kind: "market" | "originating" | "read_only";
  tags: Tags | null;
  readonly createdAt: number;
  /** The nodes that the pool owns, by SKU id. */
  readonly allocations: Map<string, Schedule>;
}

export interface ImageRow extends NamedRow {
  readonly isPublic: boolean;
  /** Whether it is one of the vendor's own images, which no one may delete, revoke or reinstate. */
  readonly isDefault: boolean;
  readonly provider: string | null;
  status: "started" | "uploading" | "completed" | "failed" | "revoked";
  /** The hash that the uploader sent. It is compared with the hash of the bytes when an instance boots. */
  sha256: string | null;
  actualSha256: string | null;
  readonly createdAt: number;
}

export interface TemplateRow extends NamedRow {
  readonly imageId: string;
  readonly tags: Tags | null;
  readonly cloudInit: string | null;
  readonly createdAt: number;
}

export interface LogChunk {
  readonly seqnum: number;
  readonly writtenMs: number;
  readonly data: Uint8Array;
}

export interface InstanceRow extends NamedRow {
  readonly poolId: string;
  readonly skuId: string;
  readonly imageId: string;
  status: "awaiting_allocation" | "running" | "terminated" | "failed";
  priority: Types.InstancePriority;
  tags: Tags | null;
  readonly cloudInit: string | null;
  readonly publicIpv4: boolean;
  readonly firewallId: string | null;
  publicIp: string | null;
  /** The address of the instance that it replaces, if it keeps that address. */
  readonly keptIp: string | null;
  /** The deployment that started it. */
  managedBy: string | null;
  readonly createdAt: number;
  updatedAt: number;
  /** The time from which it may receive a node. */
  readonly assignableMs: number;
  runningSinceMs: number | null;
  bootedMs: number | null;
  readonly logs: LogChunk[];
}

/** Whether it has a node or waits for one. */
export function isActive({ status }: InstanceRow): boolean {
  return status === "running" || status === "awaiting_allocation";
}

export interface Fill {
  readonly contractId: string;
  readonly filledAt: number;
  readonly schedule: Schedule;
  readonly price: Micros;
}

export type Side = "buy" | "sell";

export interface OrderRow extends Row {
  /** `null` for an order of another account. No list contains these orders. */
  readonly poolId: string | null;
  readonly side: Side;
  readonly skuId: string;
  readonly schedule: Schedule;
  filled: Schedule;
  readonly limit: Micros;
  readonly allowStanding: boolean;
  readonly allowPartial: boolean;
  status: "pending" | "filled" | "partially_filled" | "rejected" | "cancelled" | "standing";
  readonly fills: Fill[];
  readonly createdAt: number;
  readonly dueMs: number;
  cancelDueMs: number | null;
  cancelledAt: number | null;
  filledAt: number | null;
  readonly createdBy: Types.OrderPrincipal | null;
  /** The procurement or deployment that placed it. */
  readonly placedBy: string | null;
}

const openStatuses: ReadonlySet<OrderRow["status"]> = new Set(["pending", "standing", "partially_filled"]);

export function isOpen(order: OrderRow): boolean {
  return openStatuses.has(order.status);
}

export interface TransferRow extends Row {
  readonly fromPoolId: string;
  readonly toPoolId: string;
  readonly skuId: string;
  readonly schedule: Schedule;
  status: "pending" | "executed" | "rejected";
  rejectedReason: string | null;
  readonly createdAt: number;
  readonly dueMs: number;
}

export interface AutomationStatus {
  state: "info" | "warning" | "error";
  message: string;
}

export interface ProcurementRow extends NamedRow {
  readonly poolId: string;
  skuId: string;
  readonly target: "node_count" | number;
  minSell: Micros;
  maxBuy: Micros;
  windowMinutes: number;
  enabled: boolean;
  status: AutomationStatus;
  readonly createdAt: number;
  updatedAt: number;
}

export interface DeploymentRow extends NamedRow {
  readonly kind: "generic" | "spot";
  readonly poolId: string;
  readonly skuId: string;
  templateId: string;
  target: number;
  nameTemplate: string;
  /** The highest price at which a spot deployment buys; `null` for other deployments. */
  maxBuy: Micros | null;
  enabled: boolean;
  status: AutomationStatus;
  readonly createdAt: number;
  updatedAt: number;
}

export interface RoleRow extends NamedRow {
  readonly builtIn: boolean;
  policy: Types.RolePolicy;
  readonly createdAt: number;
  updatedAt: number;
}

export interface GrantRow extends Row {
  readonly principalId: string;
  readonly principalType: "user" | "token";
  /** `null`: the whole organization. */
  readonly workspaceId: string | null;
  readonly roleId: string;
  readonly createdAt: number;
}

export interface FlagRow extends Row {
  readonly description: string;
  readonly userEnroll: boolean;
  /** The ids of the users and service tokens that are enrolled. */
  readonly enrolled: Set<string>;
}

export interface FirewallRow extends NamedRow {}

/** A trade, which is public as a fill. */
export interface TradeRow extends Row {
  readonly skuId: string;
  readonly price: Micros;
  readonly schedule: Schedule;
  readonly filledAt: number;
}
