export { type CreatedOnce, type CreateOnceOptions, createOnce } from "./workflows/create-once.js";
export type { Creatable, CreatableKind, CreateClient } from "./workflows/create-rules.js";
export { type DownloadedImage, type DownloadOptions, downloadImage } from "./workflows/download.js";
export {
  CreateUncertainError,
  IntentConflictError,
  OrderMismatchError,
  OrderUncertainError,
  QuoteError,
  SpendLimitError,
  TransferError,
  WaitError,
} from "./workflows/errors.js";
export { type LogText, logLines, type TailOptions, tailLogs } from "./workflows/logs.js";
export type { BuyPlan, OrderPlan, SellPlan } from "./workflows/order-draft.js";
export {
  type BuyOptions,
  type OrderDraft,
  type PlacedOrder,
  placeOrder,
  type SellOptions,
} from "./workflows/place-order.js";
export { type ResourcePathParts, resourcePath } from "./workflows/references.js";
export type { PaceOptions } from "./workflows/runtime.js";
export type { Progress } from "./workflows/transfer.js";
export { type UploadOptions, uploadImage } from "./workflows/upload.js";
export type { ImageSource } from "./workflows/upload-source.js";
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
} from "./workflows/values.js";
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
} from "./workflows/wait.js";
