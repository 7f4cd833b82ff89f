/** The one order that every contender places. */
export const order = {
  pool: "sfc:pool:acme:research:training",
  side: "buy" as const,
  allow_standing: true,
  allow_partial: true,
  instance_sku: "isku_W0fB5c9V3miNPMMUOZ39O",
  allocation_schedule_delta: [{ start_at: 1_786_003_200, end_at: 1_786_176_000, node_count: 4 }],
  limit_price_dollars_per_node_hour: "18.300000",
};

/** The page that every contender requests. */
export const query = { workspace: "sfc:workspace:acme:research", status: ["running" as const], limit: 200 };

/* The rows have the same length as those of the service. */

export const instance = {
  object: "instance",
  id: "inst_d3YdUkbCsaKrjAIFRDPUs",
  resource_path: "sfc:instance:acme:research:trainer-1",
  owner: "acme",
  workspace: "research",
  workspace_id: "wksp_qaIrvOOmIrGr29DXfgbS7",
  name: "trainer-1",
  status: "running",
  instance_sku: { object: "instance_sku", id: "isku_W0fB5c9V3miNPMMUOZ39O", alias: "h100-sxm5-us-west" },
  capacity: { id: "cap_7nA4Otv5jmTta6ES1W4BJ", name: "training" },
  pool: { id: "pool_7nA4Otv5jmTta6ES1W4BJ", name: "training" },
  created_at: 1_785_052_937,
  updated_at: 1_785_053_252,
  image: { id: "image_ZbbI4IDkdsH8YleEWgJ7n", name: "ubuntu-24-04-cuda" },
  managed_by: null,
  cloud_init_user_data_used: true,
  enable_public_ipv4: true,
  tags: { env: "prod", team: "pretraining" },
  expected_shutdown_at: null,
  priority_level: "critical",
};

export const placedOrder = {
  object: "order",
  id: "ordr_oMpGeqAeMI2UkAvGtAOs9",
  capacity: { id: "cap_7nA4Otv5jmTta6ES1W4BJ", name: "training" },
  pool: { id: "pool_7nA4Otv5jmTta6ES1W4BJ", name: "training" },
  side: "buy",
  allow_standing: true,
  allow_partial: true,
  instance_sku: { object: "instance_sku", id: "isku_W0fB5c9V3miNPMMUOZ39O", alias: "h100-sxm5-us-west" },
  allocation_schedule_delta: [{ start_at: 1_786_003_200, end_at: 1_786_176_000, node_count: 4 }],
  filled_allocation_schedule_delta: [],
  limit_price_dollars_per_node_hour: "18.300000",
  status: "pending",
  created_at: 1_785_225_600,
  created_by: { id: "ada", type: "user", email: "ada@acme.example" },
  filled_at: null,
  filled_average_price_dollars_per_node_hour: null,
  fills: [],
  cancelled_at: null,
};
