import type { Output } from "./progress.js";

/** What the command touches of the world; tests give their own. */
export interface Surroundings {
  /** The project: its `openapi`, `src` and configuration. */
  readonly root: string;
  /** Where paths on the command line start from. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
}
