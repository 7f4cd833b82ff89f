export { SfcClient } from "./client.js";
export * from "./generated/resources/index.js";
export type * from "./generated/types.js";
export type { Operation, Paging, RetryClass } from "./operation.js";
export type { CallOptions, ClientOptions, Fetch, KeyedCallOptions, ListOptions } from "./options.js";
export { type Call, type Caller, type CallResult, createCaller } from "./wrappers/caller.js";
export {
  AbortError,
  ApiError,
  type ApiErrorDetail,
  type ApiErrorType,
  ConnectionError,
  DecodeError,
  PaginationError,
  SfcError,
  TimeoutError,
  UsageError,
} from "./wrappers/errors.js";
export type { ErrorEvent, RequestEvent, ResponseEvent, RetryEvent, SfcEvent, SuccessEvent } from "./wrappers/events.js";
export { Page } from "./wrappers/page.js";
export { PageRequest } from "./wrappers/pagination.js";
export type { Runtime } from "./wrappers/runtime.js";
