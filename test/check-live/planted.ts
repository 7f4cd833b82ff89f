/* biome-ignore-all lint/suspicious/noExplicitAny: bodies are changed in ways that no type allows */

/** One change of the service that is missing from the description. */
export interface Plant {
  /** The path of the requests whose response is changed. */
  readonly path: RegExp;
  /** Changes the body in place, or returns another response. */
  readonly change: (body: any) => undefined | { readonly status?: number; readonly text?: string };
  /** The expected difference: operation, status, kind and place. */
  readonly expected: string;
}

const each = (body: any, change: (row: any) => void): undefined => void body.data.forEach(change);
const set = (members: object) => (body: any) => void Object.assign(body, members);
const setEach = (members: object) => (body: any) => each(body, (row) => Object.assign(row, members));
const v2 = (path: string) => new RegExp(`^/preview/v2/${path}$`);

export const PLANTS: Readonly<Record<string, Plant>> = {
  "a new member of each row": {
    path: v2("workspaces"),
    change: setEach({ region_code: "us-secret-1" }),
    expected: "workspaces.list 200 unknown-member data[].region_code",
  },
  "a new member of the body": {
    path: v2("instance_skus"),
    change: set({ total_count: 3 }),
    expected: "instanceSkus.list 200 unknown-member total_count",
  },
  "a new nested member": {
    path: v2("instance_templates"),
    change: (body) => each(body, (row) => Object.assign(row.image, { size_bytes: 12 })),
    expected: "instanceTemplates.list 200 unknown-member data[].image.size_bytes",
  },
  "an object that became a map": {
    path: v2("instances/[^/]+"),
    change: set({ "acme-secret": 1, "ada@secret.example": 2 }),
    expected: "instances.get 200 unknown-member *",
  },
  "a member that is gone": {
    path: v2("me"),
    change: (body) => void delete body.object,
    expected: "account.me 200 missing-member object",
  },
  "a member that is gone from the page": {
    path: v2("images"),
    change: (body) => void delete body.has_more,
    expected: "images.list 200 missing-member has_more",
  },
  "a nested member that is gone": {
    path: v2("deployments"),
    change: (body) => each(body, (row) => void delete row.status.state),
    expected: "deployments.list 200 missing-member data[].status.state",
  },
  "text in place of a number": {
    path: v2("pools"),
    change: setEach({ created_at: "2026-secret" }),
    expected: "pools.list 200 wrong-type data[].created_at",
  },
  "null in place of a list": {
    path: v2("users"),
    change: set({ data: null }),
    expected: "users.list 200 wrong-type data",
  },
  "null in place of text": {
    path: v2("orders/[^/]+"),
    change: set({ limit_price_dollars_per_node_hour: null }),
    expected: "orders.get 200 wrong-type limit_price_dollars_per_node_hour",
  },
  "a fraction in place of a whole number": {
    path: v2("images/[^/]+/download"),
    change: set({ size: 1.5 }),
    expected: "images.download 200 wrong-type size",
  },
  "another type within a map": {
    path: v2("pools/[^/]+"),
    change: (body) =>
      set({ by_instance_sku: { isku_secret: [{ start_at: 1, node_count: "4" }] } })(body.allocation_schedule),
    expected: "pools.get 200 wrong-type allocation_schedule.by_instance_sku.*[].node_count",
  },
  "a number in place of a price": {
    path: v2("orderbook/depth"),
    change: set({ asks: { price: 1 } }),
    expected: "orderbook.depth 200 wrong-type asks",
  },
  "a list in place of the body": {
    path: v2("feature_flags"),
    change: (body) => ({ text: JSON.stringify(body.data) }),
    expected: "featureFlags.list 200 wrong-type ",
  },
  "a page of HTML": {
    path: v2("orderbook/quote"),
    change: () => ({ text: "<html>secret</html>" }),
    expected: "orderbook.quote 200 wrong-type ",
  },
  "a new value of an open list": {
    path: v2("instances"),
    change: setEach({ status: "hibernating-secret" }),
    expected: "instances.list 200 unknown-value data[].status",
  },
  "a new value of a closed list": {
    path: v2("orders"),
    change: setEach({ side: "lend-secret" }),
    expected: "orders.list 200 unknown-value data[].side",
  },
  "a new kind of an alternative": {
    path: v2("grants"),
    change: setEach({ principal_type: "robot-secret" }),
    expected: "grants.list 200 unknown-value data[].principal_type",
  },
  "another constant": {
    path: v2("procurements"),
    change: set({ object: "page" }),
    expected: "procurements.list 200 unknown-value object",
  },
  "a status that is not declared": {
    path: v2("roles"),
    change: () => ({ status: 418, text: JSON.stringify({ error: { type: "api_error", message: "No." } }) }),
    expected: "roles.list 418 undeclared-status ",
  },
  "a success that is not declared": {
    path: v2("images/[^/]+"),
    change: () => ({ status: 203 }),
    expected: "images.get 203 undeclared-status ",
  },
  "another type of error": {
    path: v2("workspaces/[^/]+"),
    change: () => ({ status: 404, text: JSON.stringify({ error: { type: "gone-secret", message: "No." } }) }),
    expected: "workspaces.get 404 unknown-value error.type",
  },
};
