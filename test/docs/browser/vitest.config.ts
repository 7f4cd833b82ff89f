import { defineConfig } from "vitest/config";

/** The site in a browser: `npm run docs:test`. Apart from `npm test`, because not every machine has a browser. */
export default defineConfig({
  test: { include: ["test/docs/browser/*.spec.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
