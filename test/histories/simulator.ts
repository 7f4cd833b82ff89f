/** The only file that imports the simulator. */
export { type Assumptions, type Simulator, startSimulator } from "../../packages/devtools/src/simulator.js";
