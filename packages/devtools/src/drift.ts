/** Checks whether responses still match the API description; see `drift/`. */
export type { Drift, DriftKind, OnDrift } from "./drift/drift.js";
export { type WatchDriftOptions, watchDrift } from "./drift/watch-drift.js";
