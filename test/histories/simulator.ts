/** The only place that knows where the simulator lives. */
export { type Assumptions, type Simulator, startSimulator } from "../../src/testing/simulator.js";
