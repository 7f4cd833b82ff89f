import { defineConfig } from "vitest/config";

/* The tests that must fail for a mutant of `src/wrappers`: only the unit tests, without servers. */
export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts"],
    // All files share one worker, which is new for each mutant. So modules are loaded once per mutant, and constants of modules can be mutated too.
    isolate: false,
    setupFiles: ["test/mutants/setup.ts"],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 30_000,
  },
});
