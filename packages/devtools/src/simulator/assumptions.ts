import {
  aCount,
  aFlag,
  anAmount,
  aPositiveCount,
  aPrice,
  aText,
  type Check,
  listOf,
  oneOf,
  optional,
  shapeOf,
} from "./checks.js";

/**
 * Choices where the vendor's documentation is silent. Each one has a name and a default, so that a test can select the other behavior instead of
 * relying on a guess.
 */
export interface Assumptions {
  // Idempotency keys
  /** The scope of a key: one operation, or all keyed operations of the account. @default "operation" */
  readonly keyScope: "operation" | "account";
  /** Whether two tokens of the account share their idempotency keys. @default true */
  readonly keysSharedByTokens: boolean;
  /** Seconds of simulated time for which a key is remembered. @default 86400 (a day) */
  readonly keyLifetimeSeconds: number;
  /** Status of a replay: that of the first response, or 200. @default "original" */
  readonly keyReplayStatus: "original" | 200;
  /** Body of a replay: the bytes of the first response, or the current state of the same object. @default "original" */
  readonly keyReplayBody: "original" | "current";
  /**
   * A known key with a different request: `"replay"` silently returns the first result (the mistake that the client
   * prevents); a number refuses the request with `idempotency_error` and that status. @default "replay"
   */
  readonly keyMismatch: "replay" | 400 | 409 | 422;

  // Requests
  /** A query parameter or a member of a body that the description does not declare: refused by name, or ignored. @default "refuse" */
  readonly unknownFields: "refuse" | "ignore";

  // Lists
  /** A `limit` outside its range: an error, or clamped as in the order book. @default "refuse" */
  readonly limitOutOfRange: "refuse" | "clamp";
  /** `starting_after` together with `ending_before`: an error, or only `starting_after` is used. @default "refuse" */
  readonly bothCursors: "refuse" | "starting_after";
  /** What `has_more` means when paging backward: more items in that direction, or more after this page. @default "direction" */
  readonly hasMoreBackward: "direction" | "forward";
  /** Sort order of the lists whose order is not documented. @default "newest" */
  readonly defaultOrder: "newest" | "oldest";
  /** Several `tag` or `tag_key` filters: all of them must match, or any. @default "all" */
  readonly tagFilters: "all" | "any";
  /** Order of log chunks without `sort_by`. @default "seqnum" */
  readonly logOrder: "seqnum" | "-seqnum";

  // Instances
  /** Maximum number of entries in a batch update. A larger one is refused with 422. @default 100 */
  readonly batchEntryCap: number;
  /** What happens to a running instance that loses its allocation: it is terminated, or waits for a node again. @default "terminate" */
  readonly onAllocationLoss: "terminate" | "wait";
  /** Which of several running instances with the same priority loses its node first. @default "newest" */
  readonly displaceFirst: "newest" | "oldest";
  /** Whether a waiting instance takes the node of a running one with lower priority. @default false */
  readonly preemptRunning: boolean;
  /** Whether the 64 KB limit of cloud-init applies to the decoded or the base64 bytes. @default "decoded" */
  readonly cloudInitLimit: "decoded" | "encoded";
  /**
   * What `GET …/ssh` returns for an instance without a startup script once it has booted, although no one can log in: always
   * 404, or the address. @default "not_found"
   */
  readonly sshWithoutScript: "not_found" | "details";
  /** Whether a replacement of an instance with a public IPv4 address gets a new address or the same one. @default "new" */
  readonly replacementPublicIp: "new" | "same";
  /** A name that is already in use: refused (409 for images, otherwise 400, or 422 if 400 is not declared), or allowed. @default "refuse" */
  readonly nameClash: "refuse" | "allow";
  /** Explicit `null` in a PATCH body, except for tags: the same as omitting it, or refused. @default "ignore" */
  readonly patchNull: "ignore" | "refuse";

  // Market
  /** Status of an immediate order that filled in part, after the rest is cancelled. @default "cancelled" */
  readonly partialImmediateStatus: "cancelled" | "partially_filled" | "filled";
  /** Whether a caller's new orders may be filled by the caller's own resting orders. @default false */
  readonly selfTrade: boolean;
  /** How much of the balance an open buy order reserves. @default "limit": limit price times unfilled node-hours */
  readonly buyHold: "limit" | "nothing";
  /** Orders whose range began before the current minute: refused with 422, or filled for the remaining time. @default "refuse" */
  readonly pastStart: "refuse" | "allow";
  /** Which resting orders a quote or the depth of a window includes. @default "covers": those whose own window contains it */
  readonly orderbookWindow: "covers" | "overlaps" | "exact";
  /** Which trades the fills of a window include. @default "overlaps": those that overlap it */
  readonly fillsWindow: "covers" | "overlaps" | "exact";
  /** Operators that `requirements` of a query may use; all of them mean "one of these values". @default eq, in */
  readonly requirementOperators: readonly string[];
  /** Flat fee on sells, in US dollars per node-hour. @default "0.010000" */
  readonly sellFeeFlat: string;
  /** Fee on sells, in basis points of the traded total. @default 100 */
  readonly sellFeeBps: number;

  // Images
  /** Seconds of simulated time for which a presigned URL is valid. @default 3600 */
  readonly presignedSeconds: number;
  /** Status of `parts` and `complete` in a state that does not allow them: upload finished, or nothing uploaded. @default 400 */
  readonly uploadStateRefusal: 400 | 404;

  // Automations
  /** What happens to the instances of a deployment when it is deleted. @default "keep" */
  readonly deploymentDelete: "keep" | "terminate";
  /** Minutes ahead for which a spot deployment holds nodes. @default 60 */
  readonly spotWindowMinutes: number;
  /** Whether `GET /orders` omits the orders of spot deployments, as it omits those of procurements. @default false */
  readonly hideSpotOrders: boolean;

  // Latencies, in seconds of simulated time
  /** Simulated seconds from placing an order to its fill. @default 1 */
  readonly orderSeconds: number;
  /** Simulated seconds from a cancellation request to the cancellation of the order. @default 1 */
  readonly cancelSeconds: number;
  /** Simulated seconds from accepting a pool transfer to its execution. @default 1 */
  readonly transferSeconds: number;
  /** Simulated seconds from creating an instance to the assignment of its node. @default 1 */
  readonly assignSeconds: number;
  /** Simulated seconds from `running` to SSH details (download and boot), for an instance with a startup script. @default 120 */
  readonly bootSeconds: number;
  /** Simulated seconds between two checks by procurements and deployments, which run at whole multiples of it. @default 60 */
  readonly reconcileSeconds: number;
}

export const defaultAssumptions: Assumptions = {
  keyScope: "operation",
  keysSharedByTokens: true,
  keyLifetimeSeconds: 86_400,
  keyReplayStatus: "original",
  keyReplayBody: "original",
  keyMismatch: "replay",
  unknownFields: "refuse",
  limitOutOfRange: "refuse",
  bothCursors: "refuse",
  hasMoreBackward: "direction",
  defaultOrder: "newest",
  tagFilters: "all",
  logOrder: "seqnum",
  batchEntryCap: 100,
  onAllocationLoss: "terminate",
  displaceFirst: "newest",
  preemptRunning: false,
  cloudInitLimit: "decoded",
  sshWithoutScript: "not_found",
  replacementPublicIp: "new",
  nameClash: "refuse",
  patchNull: "ignore",
  partialImmediateStatus: "cancelled",
  selfTrade: false,
  buyHold: "limit",
  pastStart: "refuse",
  orderbookWindow: "covers",
  fillsWindow: "overlaps",
  requirementOperators: ["eq", "in"],
  sellFeeFlat: "0.010000",
  sellFeeBps: 100,
  presignedSeconds: 3600,
  uploadStateRefusal: 400,
  deploymentDelete: "keep",
  spotWindowMinutes: 60,
  hideSpotOrders: false,
  orderSeconds: 1,
  cancelSeconds: 1,
  transferSeconds: 1,
  assignSeconds: 1,
  bootSeconds: 120,
  reconcileSeconds: 60,
};

const seconds = optional(anAmount);

export const checkAssumptions: Check = shapeOf<Assumptions>({
  keyScope: optional(oneOf("operation", "account")),
  keysSharedByTokens: optional(aFlag),
  keyLifetimeSeconds: seconds,
  keyReplayStatus: optional(oneOf("original", 200)),
  keyReplayBody: optional(oneOf("original", "current")),
  keyMismatch: optional(oneOf("replay", 400, 409, 422)),
  unknownFields: optional(oneOf("refuse", "ignore")),
  limitOutOfRange: optional(oneOf("refuse", "clamp")),
  bothCursors: optional(oneOf("refuse", "starting_after")),
  hasMoreBackward: optional(oneOf("direction", "forward")),
  defaultOrder: optional(oneOf("newest", "oldest")),
  tagFilters: optional(oneOf("all", "any")),
  logOrder: optional(oneOf("seqnum", "-seqnum")),
  batchEntryCap: optional(aCount),
  onAllocationLoss: optional(oneOf("terminate", "wait")),
  displaceFirst: optional(oneOf("newest", "oldest")),
  preemptRunning: optional(aFlag),
  cloudInitLimit: optional(oneOf("decoded", "encoded")),
  sshWithoutScript: optional(oneOf("not_found", "details")),
  replacementPublicIp: optional(oneOf("new", "same")),
  nameClash: optional(oneOf("refuse", "allow")),
  patchNull: optional(oneOf("ignore", "refuse")),
  partialImmediateStatus: optional(oneOf("cancelled", "partially_filled", "filled")),
  selfTrade: optional(aFlag),
  buyHold: optional(oneOf("limit", "nothing")),
  pastStart: optional(oneOf("refuse", "allow")),
  orderbookWindow: optional(oneOf("covers", "overlaps", "exact")),
  fillsWindow: optional(oneOf("covers", "overlaps", "exact")),
  requirementOperators: optional(listOf(aText)),
  sellFeeFlat: optional(aPrice),
  sellFeeBps: optional(aCount),
  presignedSeconds: seconds,
  uploadStateRefusal: optional(oneOf(400, 404)),
  deploymentDelete: optional(oneOf("keep", "terminate")),
  spotWindowMinutes: optional(aPositiveCount),
  hideSpotOrders: optional(aFlag),
  orderSeconds: seconds,
  cancelSeconds: seconds,
  transferSeconds: seconds,
  assignSeconds: seconds,
  bootSeconds: seconds,
  // With 0, advancing the clock would never end.
  reconcileSeconds: optional(aPositiveCount),
});
