import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Runs all runtimes and compilers one after the other, so that no check fails on a slow machine: `npm run compat`. */
export default defineConfig({
  test: {
    include: ["test/compat/*.spec.ts"],
    globalSetup: [fileURLToPath(new URL("../support/temporary-files.ts", import.meta.url))],
    reporters: ["tree"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
