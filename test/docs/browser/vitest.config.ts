import { defineConfig } from "vitest/config";

/** Tests of the site in a browser: `npm run docs:test`. They are not part of `npm test`, because not every machine has a browser. */
export default defineConfig({
  test: { include: ["test/docs/browser/*.spec.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
