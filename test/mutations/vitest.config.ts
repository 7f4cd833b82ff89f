import { defineConfig } from "vitest/config";

/** All mutations, and the check of the rules: `npm run mutations`. They take minutes, so `npm test` runs only some of them. */
export default defineConfig({
  test: { include: ["test/mutations/*.test.ts", "test/mutations/*.spec.ts"] },
});
