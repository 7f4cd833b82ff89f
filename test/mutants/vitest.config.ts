import { defineConfig } from "vitest/config";

/* The tests that a mutant of `src/wrappers` must turn red: those of the rules alone, without servers. */
export default defineConfig({
  test: {
    include: ["test/unit/**/*.test.ts"],
    // All files in one worker, which is new for each mutant: the modules are loaded once per mutant, and a constant of a module is a mutant like any other.
    isolate: false,
    setupFiles: ["test/mutants/setup.ts"],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 30_000,
  },
});
