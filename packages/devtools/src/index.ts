export { startMockServer } from "./mock-server.js";
export type { PrismOptions, RunningServer } from "./prism.js";
export * from "./simulator.js";
