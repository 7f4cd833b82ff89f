import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    // `npm run test:node-transport`: whatever uses the global fetch goes over node:http.
    setupFiles: mode === "node-transport" ? ["test/support/node-transport.ts"] : [],
    // Vitest leaves one core free, which on a machine with two leaves half of it idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
}));
