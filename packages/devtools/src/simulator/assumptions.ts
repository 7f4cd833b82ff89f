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
 * What the vendor's documentation leaves open. Each is one named choice with a default, so that a test can ask for the
 * other behaviour instead of trusting a guess.
 */
export interface Assumptions {
  // Idempotency keys
  /** Where one key counts: within one operation, or over all keyed operations of the account. @default "operation" */
  readonly keyScope: "operation" | "account";
  /** Whether two tokens of the account share their keys. @default true */
  readonly keysSharedByTokens: boolean;
  /** Seconds of simulated time that a key is remembered. @default 86400 (a day) */
  readonly keyLifetimeSeconds: number;
  /** Status of a replay: the first answer's, or 200. @default "original" */
  readonly keyReplayStatus: "original" | 200;
  /** Body of a replay: the bytes of the first answer, or the same object as it is now. @default "original" */
  readonly keyReplayBody: "original" | "current";
  /**
   * A known key with another request: `"replay"` answers with the first result and says nothing (the trap the client
   * guards against), a number refuses with `idempotency_error` and that status. @default "replay"
   */
  readonly keyMismatch: "replay" | 400 | 409 | 422;

  // Requests
  /** A query parameter or a member of a body that the description does not know: refused by name, or ignored. @default "refuse" */
  readonly unknownFields: "refuse" | "ignore";

  // Lists
  /** A `limit` outside of its range: refused, or clamped as the orderbook does. @default "refuse" */
  readonly limitOutOfRange: "refuse" | "clamp";
  /** `starting_after` together with `ending_before`: refused, or the first one counts. @default "refuse" */
  readonly bothCursors: "refuse" | "starting_after";
  /** What `has_more` means on the way back: more in the direction of travel, or more after this page. @default "direction" */
  readonly hasMoreBackward: "direction" | "forward";
  /** Order of the lists whose order is not stated. @default "newest" */
  readonly defaultOrder: "newest" | "oldest";
  /** Several `tag` or `tag_key` filters: all of them must hold, or any. @default "all" */
  readonly tagFilters: "all" | "any";
  /** Order of log chunks without `sort_by`. @default "seqnum" */
  readonly logOrder: "seqnum" | "-seqnum";

  // Instances
  /** Most entries of a batch update; more is a 422. @default 100 */
  readonly batchEntryCap: number;
  /** A running instance whose allocation is gone: terminated for good, or back to waiting. @default "terminate" */
  readonly onAllocationLoss: "terminate" | "wait";
  /** Which of several running instances of one priority loses its node first. @default "newest" */
  readonly displaceFirst: "newest" | "oldest";
  /** Whether a waiting instance takes the node of a running one with lower priority. @default false */
  readonly preemptRunning: boolean;
  /** Whether the 64 KB limit of cloud-init counts the bytes before or after base64. @default "decoded" */
  readonly cloudInitLimit: "decoded" | "encoded";
  /**
   * Login to an instance without a startup script is impossible. What `GET …/ssh` answers for one that has booted: 404 for
   * good, or the address all the same. @default "not_found"
   */
  readonly sshWithoutScript: "not_found" | "details";
  /** A replacement inherits a public IPv4: that it has one, or the very address. @default "new" */
  readonly replacementPublicIp: "new" | "same";
  /** Whether a name that is in use is refused: 409 for images, elsewhere 400, or 422 where no 400 is declared. @default "refuse" */
  readonly nameClash: "refuse" | "allow";
  /** Explicit `null` in a PATCH body, tags apart: like leaving it out, or refused. @default "ignore" */
  readonly patchNull: "ignore" | "refuse";

  // Market
  /** Status of an immediate order that filled in part, after its rest is cancelled. @default "cancelled" */
  readonly partialImmediateStatus: "cancelled" | "partially_filled" | "filled";
  /** Whether one's own resting orders may fill one's new ones. @default false */
  readonly selfTrade: boolean;
  /** What an open buy order holds back from the balance. @default "limit": limit price times unfilled node-hours */
  readonly buyHold: "limit" | "nothing";
  /** Orders whose range began before the current minute: refused with 422, or only the rest can fill. @default "refuse" */
  readonly pastStart: "refuse" | "allow";
  /** Which resting orders a quote or the depth of a window shows. @default "covers": those whose own window contains it */
  readonly orderbookWindow: "covers" | "overlaps" | "exact";
  /** Which trades the tape of a window shows. @default "overlaps": those that share time with it */
  readonly fillsWindow: "covers" | "overlaps" | "exact";
  /** Operators that `requirements` of a query may name; all of them mean "one of these values". @default eq, in */
  readonly requirementOperators: readonly string[];
  /** Fee on sells: flat dollars per node-hour. @default "0.010000" */
  readonly sellFeeFlat: string;
  /** Fee on sells: basis points of the execution total. @default 100 */
  readonly sellFeeBps: number;

  // Images
  /** Seconds of simulated time that a presigned URL is good for. @default 3600 */
  readonly presignedSeconds: number;
  /** Status of `parts` and `complete` in a state that does not allow them: upload over, or nothing uploaded. @default 400 */
  readonly uploadStateRefusal: 400 | 404;

  // Automations
  /** What becomes of its instances when a deployment is deleted. @default "keep" */
  readonly deploymentDelete: "keep" | "terminate";
  /** Minutes ahead that a spot deployment keeps nodes for. @default 60 */
  readonly spotWindowMinutes: number;
  /** Whether `GET /orders` hides the orders of spot deployments like those of procurements. @default false */
  readonly hideSpotOrders: boolean;

  // Latencies, in seconds of simulated time
  /** From placing an order to its fill. @default 1 */
  readonly orderSeconds: number;
  /** From asking for a cancellation to the order being cancelled. @default 1 */
  readonly cancelSeconds: number;
  /** From accepting a pool transfer to its execution. @default 1 */
  readonly transferSeconds: number;
  /** From a new instance to the assignment of its node. @default 1 */
  readonly assignSeconds: number;
  /** From `running` to SSH details (download and boot), for an instance with a startup script. @default 120 */
  readonly bootSeconds: number;
  /** Between two looks of procurements and deployments at what they keep; on whole multiples of it. @default 60 */
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
  // 0 would be looks without end.
  reconcileSeconds: optional(aPositiveCount),
});
