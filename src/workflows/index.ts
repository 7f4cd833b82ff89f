export { type CreatedOnce, type CreateOnceOptions, createOnce } from "./create-once.js";
export type { Creatable, CreatableKind, CreateClient } from "./create-rules.js";
export { type DownloadedImage, type DownloadOptions, downloadImage } from "./download.js";
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
export { type LogText, logLines, type TailOptions, tailLogs } from "./logs.js";
export type { BuyPlan, OrderPlan, SellPlan } from "./order-draft.js";
export { type BuyOptions, type OrderDraft, type PlacedOrder, placeOrder, type SellOptions } from "./place-order.js";
export { type ResourcePathParts, resourcePath } from "./references.js";
export type { PaceOptions } from "./runtime.js";
export type { Progress } from "./transfer.js";
export { type UploadOptions, uploadImage } from "./upload.js";
export type { ImageSource } from "./upload-source.js";
export {
  cloudInit,
  type Moment,
  type PriceOptions,
  type PriorityBatchOptions,
  price,
  priorityBatches,
  tagFilter,
  tags,
  type UnixSecondsOptions,
  unixSeconds,
} from "./values.js";
export {
  type SshProgress,
  type Verdict,
  type WaitOptions,
  type Watched,
  waitForImage,
  waitForInstance,
  waitForOrder,
  waitForPoolTransfer,
  waitForSsh,
  waitUntil,
} from "./wait.js";
