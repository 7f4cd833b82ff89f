export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  /** Does one stage of the work and, in a terminal, shows its name while it runs and its time after. */
  stage<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  readonly totalMs: number;
}

const CLEAR_LINE = "\r\u001b[2K";

export function createProgress(output: Output, environment: NodeJS.ProcessEnv): Progress {
  const start = performance.now();
  const isShown = output.isTTY === true && environment.TERM !== "dumb";
  const dim = (text: string) => (environment.NO_COLOR ? text : `\u001b[2m${text}\u001b[22m`);
  return {
    async stage(name, work) {
      const begun = performance.now();
      if (isShown) output.write(`  ${name.padEnd(12)}${dim("…")}`);
      try {
        const result = await work();
        const time = `${Math.round(performance.now() - begun)} ms`;
        if (isShown) output.write(`${CLEAR_LINE}  ${name.padEnd(12)}${dim(time.padStart(8))}\n`);
        return result;
      } catch (error) {
        if (isShown) output.write(`${CLEAR_LINE}  ${name.padEnd(12)}failed\n`);
        throw error;
      }
    },
    get totalMs() {
      return performance.now() - start;
    },
  };
}
