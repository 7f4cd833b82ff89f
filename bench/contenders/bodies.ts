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

/** The one page that every contender asks for. */
export const query = { workspace: "sfc:workspace:acme:research", status: ["running" as const], limit: 200 };
