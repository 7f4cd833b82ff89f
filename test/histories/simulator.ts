/** The only place that knows where the simulator lives. */
export { type Assumptions, type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
