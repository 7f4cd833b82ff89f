import { defineConfig } from "vitest/config";

/* The tests that a mutant of `src/wrappers` must turn red: those of the rules alone, without servers. */
export default defineConfig({ test: { include: ["test/unit/**/*.test.ts"], testTimeout: 30_000 } });
