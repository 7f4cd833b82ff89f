import { defineConfig } from "vitest/config";

/** All mutations, and what they notice: `npm run mutations`. Apart from `npm test`, which tries some, because it takes minutes. */
export default defineConfig({
  test: { include: ["test/mutations/*.test.ts", "test/mutations/*.spec.ts"] },
});
