/** The bodies of the eleven calls, typed by hand: what they hold, and no more. */
export interface Page<Item> {
  object: "list";
  data: Item[];
  has_more: boolean;
  cursor?: string | null;
}

interface Named {
  id: string;
  name: string;
}

export type InstanceStatus = "awaiting_allocation" | "running" | "terminated" | "failed";
export type Priority = "yield" | "normal" | "critical";
export type Tags = Record<string, string>;

export interface Instance extends Named {
  object: "instance";
  resource_path: string;
  owner: string;
  workspace: string;
  workspace_id: string;
  status: InstanceStatus;
  instance_sku: { object: "instance_sku"; id: string; alias: string };
  capacity: Named;
  pool: Named;
  created_at: number;
  updated_at: number;
  image: Named;
  managed_by?: (Named & { object: string }) | null;
  cloud_init_user_data_used: boolean;
  cloud_init_user_data?: string;
  enable_public_ipv4?: boolean;
  public_ip?: string;
  firewall?: string | null;
  tags?: Tags | null;
  expected_shutdown_at?: number | null;
  priority_level?: Priority | null;
}

export interface InstanceCreate {
  name?: string | null;
  pool: string;
  image: string;
  instance_sku: string;
  cloud_init_user_data?: string;
  enable_public_ipv4?: boolean;
  firewall?: string | null;
  tags?: Tags | null;
  priority_level?: Priority | null;
}

export interface InstanceUpdate {
  name?: string | null;
  tags?: Tags | null;
  priority_level?: Priority | null;
}

export interface InstanceReplace {
  image: string;
  name?: string | null;
  cloud_init_user_data?: string;
}

export interface Schedule {
  start_at: number;
  end_at: number;
  node_count: number;
}

export interface OrderCreate {
  pool: string;
  side: "buy" | "sell";
  allow_standing?: boolean;
  allow_partial?: boolean;
  instance_sku: string;
  allocation_schedule_delta: Schedule[];
  limit_price_dollars_per_node_hour: string;
}

export interface Order {
  object: "order";
  id: string;
  capacity: Named;
  pool: Named;
  side: "buy" | "sell";
  allow_standing: boolean;
  allow_partial: boolean;
  instance_sku: { object: "instance_sku"; id: string; alias: string };
  allocation_schedule_delta: Schedule[];
  filled_allocation_schedule_delta: Schedule[];
  limit_price_dollars_per_node_hour: string;
  status: "pending" | "partially_filled" | "standing" | "filled" | "cancelled" | "rejected";
  created_at: number;
  created_by: { id: string; type: string; email?: string };
  filled_at?: number | null;
  filled_average_price_dollars_per_node_hour?: string | null;
  fills: { id: string; node_count: number; dollars_per_node_hour: string }[];
  cancelled_at?: number | null;
}

export interface Pool extends Named {
  object: "pool";
  resource_path: string;
  owner: string;
  workspace: string;
  workspace_id: string;
  created_at: number;
  updated_at: number;
  tags?: Tags | null;
}
