/** A stateful server that behaves like the API, for tests; see `simulator/`. */
export type { Assumptions } from "./simulator/assumptions.js";
export { badAnswers, type Fault, type FaultHandle, type FaultRule, type Faults } from "./simulator/faults/faults.js";
export type { FaultOperation } from "./simulator/faults/targets.js";
export type { Description } from "./simulator/http/description.js";
export type { LoggedRequest } from "./simulator/http/request-log.js";
export type { KnownToken, SimulatorOptions } from "./simulator/options.js";
export { type Simulator, startSimulator } from "./simulator/start.js";
export type { SimulatorState } from "./simulator/state.js";
export type { SavedWorld } from "./simulator/storage/saved-world.js";
export type { Span } from "./simulator/time/clock.js";
export {
  defaultWorld,
  type World,
  type WorldAllocation,
  type WorldBookOrder,
  type WorldFlag,
  type WorldImage,
  type WorldInstance,
  type WorldPool,
  type WorldSku,
  type WorldTrade,
  type WorldUser,
} from "./simulator/world/world.js";
