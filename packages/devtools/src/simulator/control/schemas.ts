/** The schemas of the control API. */

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const text = (description: string) => ({ type: "string", description });
const list = (items: object) => ({ type: "array", items });

const span = {
  type: "object",
  description: "A sum of units; at least 0.",
  properties: Object.fromEntries(
    ["days", "hours", "minutes", "seconds", "ms"].map((unit) => [unit, { type: "number" }]),
  ),
  additionalProperties: false,
  minProperties: 1,
};

const fault = {
  type: "object",
  description: "The kind of fault. Each kind has members of its own; the guide lists them.",
  required: ["kind"],
  properties: {
    kind: text('Such as "reset", "answer", "stall", "latency", "drip", "late-commit", "twice" or "lag".'),
    when: { enum: ["before", "after"], description: "reset: before or after the operation is carried out." },
    status: { type: "integer", description: "answer, early, redirect, unsolicited." },
    headers: { type: "object", additionalProperties: { type: "string" }, description: "answer, early." },
    body: { description: "answer, early, not-json, unsolicited." },
    commit: { type: "boolean", description: "answer, stall: whether the operation is executed." },
    at: { enum: ["headers", "body"], description: "stall." },
    location: text("redirect."),
    change: text("page."),
    what: text("unknown, malformed."),
    everyMs: { type: "number", description: "drip: milliseconds between two bytes." },
    ms: { type: "integer", description: "latency: milliseconds until the response." },
    phrase: text("reason."),
    response: { enum: ["first", "second"], description: "twice: which response comes back." },
    writes: { type: "integer", description: "lag: how many writes a read does not see." },
  },
};

const faultRule = {
  type: "object",
  required: ["fault"],
  properties: {
    operation: {
      description: 'A method ("orders.create"), an operation id ("create_order"), a group ("orders.*"), or a list.',
      anyOf: [{ type: "string" }, list({ type: "string" })],
    },
    nth: {
      description: "The n-th matching call since the rule was added, from 1; or several of them.",
      anyOf: [{ type: "integer" }, list({ type: "integer" })],
    },
    probability: { type: "number", minimum: 0, maximum: 1 },
    seed: text("What the probability draws from."),
    times: { type: "integer", description: "How often it strikes at most." },
    startsAfter: ref("Span"),
    lasts: ref("Span"),
    fault: ref("Fault"),
  },
  additionalProperties: false,
};

const request = {
  type: "object",
  required: ["number", "method", "path", "authorization", "committed", "replayed"],
  properties: {
    number: { type: "integer", description: "From 1; the response carries it as x-request-id: req_1." },
    method: { type: "string" },
    path: text("Path and query as they were sent."),
    operation: text("The method, such as orders.create. Missing when no operation has this path."),
    operationId: text("The operation id, such as create_order."),
    idempotencyKey: { type: "string" },
    authorization: { type: "boolean", description: "Whether there was an Authorization header." },
    status: { type: "integer", description: "Missing while it runs, or when the connection ended without a response." },
    committed: { type: "boolean", description: "Whether it changed the state." },
    replayed: { type: "boolean", description: "Whether an idempotency key returned an earlier result." },
    fault: text("The kind of the fault that struck it."),
  },
};

const rows = list({ type: "object" });
const state = {
  type: "object",
  description: "What has been committed, oldest first, in the shapes of the API.",
  properties: {
    ...Object.fromEntries(
      [
        "workspaces",
        "users",
        "instanceSkus",
        "pools",
        "images",
        "instanceTemplates",
        "instances",
        "orders",
        "poolTransfers",
        "procurements",
        "deployments",
        "roles",
        "grants",
      ].map((name) => [name, rows]),
    ),
    balances: {
      type: "object",
      properties: { account: { type: "string" }, market: { type: "string" }, fees: { type: "string" } },
    },
  },
};

export const controlSchemas: Readonly<Record<string, object>> = {
  Clock: {
    type: "object",
    required: ["now", "unixSeconds"],
    properties: { now: { type: "string", format: "date-time" }, unixSeconds: { type: "integer" } },
  },
  Span: span,
  Fault: fault,
  FaultRule: faultRule,
  ActiveFault: {
    type: "object",
    required: ["id", "rule", "struck"],
    properties: { id: { type: "string" }, rule: ref("FaultRule"), struck: { type: "integer" } },
  },
  Request: request,
  State: state,
  SavedWorld: {
    type: "object",
    required: ["format", "version", "imagesWithoutBytes", "content"],
    properties: {
      format: { const: "sfc-simulator-world" },
      version: { type: "integer" },
      imagesWithoutBytes: list({ type: "string" }),
      content: { type: "object" },
    },
  },
  Error: {
    type: "object",
    required: ["error"],
    properties: {
      error: {
        type: "object",
        required: ["type", "message"],
        properties: { type: { type: "string" }, message: { type: "string" } },
      },
    },
  },
};
