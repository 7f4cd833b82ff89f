export { SfcClient } from "./client.js";
export type { OperationErrors } from "./generated/errors.js";
export * from "./generated/resources/index.js";
export type * from "./generated/types.js";
export type { Operation, Paging, RetryClass } from "./operation.js";
export { type Call, type Caller, type CallResult, createCaller } from "./wrappers/call.js";
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
export { type EventLogger, logEvents } from "./wrappers/events.js";
export type { Middleware, MiddlewareRequest, Next } from "./wrappers/middleware.js";
export type { CallOptions, ClientOptions, Fetch, KeyedCallOptions, ListOptions, Runtime } from "./wrappers/options.js";
export { Page, PageRequest } from "./wrappers/pagination.js";
