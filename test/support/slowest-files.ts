import type { Reporter, TestModule } from "vitest/node";
import { alignColumns } from "../../scripts/lib/text.js";

const SHOWN = 12;

/** Prints the slowest test files after the results. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = modules.map((module) => {
      const { duration, collectDuration } = module.diagnostic();
      return { file: module.relativeModuleId, seconds: (duration + collectDuration) / 1_000 };
    });
    const slowest = times.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
    const lines = slowest.map(({ file, seconds }) => [file, `${seconds.toFixed(1)} s`]);
    console.log(`\n${alignColumns([["slowest test files", ""], ...lines], [1])}\n`);
  }
}
