export { type TraceOptions, traceCalls } from "./otel/trace-calls.js";
