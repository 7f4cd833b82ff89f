import { defineConfig } from "vitest/config";

/** Writes and checks the reports of the public API: `npm run api`, `npm run api:check`. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/api/*.spec.ts"],
    update: mode === "update" ? "all" : "none",
    reporters: ["tree"],
    testTimeout: 60_000,
  },
}));
