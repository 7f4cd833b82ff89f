export { cloudInit } from "./cloud-init.js";
export { type CreatedOnce, type CreateOnceOptions, createOnce } from "./create-once/create-once.js";
export type { Creatable, CreatableKind, CreateClient } from "./create-once/kinds.js";
export {
  CreateUncertainError,
  IntentConflictError,
  OrderMismatchError,
  OrderUncertainError,
  QuoteError,
  SpendLimitError,
  TransferError,
  WaitError,
} from "./errors.js";
export { type DownloadedImage, type DownloadOptions, downloadImage } from "./images/download.js";
export type { ImageSource } from "./images/source.js";
export { type Progress, type UploadOptions, uploadImage } from "./images/upload.js";
export { logLines } from "./logs/lines.js";
export { type LogText, type TailOptions, tailLogs } from "./logs/tail.js";
export {
  type BuyOptions,
  type OrderDraft,
  type PlacedOrder,
  placeOrder,
  type SellOptions,
} from "./orders/place-order.js";
export type { BuyPlan, OrderPlan, SellPlan } from "./orders/plan.js";
export type { PaceOptions } from "./pace.js";
export { type PriceOptions, price } from "./price.js";
export { type PriorityBatchOptions, priorityBatches } from "./priority-batches.js";
export { type ResourcePathParts, resourcePath } from "./resource-path.js";
export { tagFilter, tags } from "./tags.js";
export { type Moment, type UnixSecondsOptions, unixSeconds } from "./unix-seconds.js";
export { waitForImage } from "./wait/image.js";
export { waitForInstance } from "./wait/instance.js";
export { waitForOrder } from "./wait/order.js";
export { type Verdict, type WaitOptions, type Watched, waitUntil } from "./wait/poll.js";
export { waitForPoolTransfer } from "./wait/pool-transfer.js";
export { type SshProgress, waitForSsh } from "./wait/ssh.js";
