import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests of the packed packages: `npm run check:package`. They are not part of `npm test`, because they build the packages. */
export default defineConfig({
  test: {
    include: ["test/package/*.spec.ts"],
    globalSetup: [fileURLToPath(new URL("../support/temporary-files.ts", import.meta.url))],
    reporters: ["verbose"],
    bail: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
