import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Files that need a process of their own: one replaces a module, which would stay replaced for the files that follow; the other collects garbage, which takes
 * long where compilers are in memory.
 */
const alone = ["test/pipeline/interrupted.test.ts", "test/node/response.test.ts"];

/** The devtools import the client by its name; here that is its sources. */
const client = [
  { find: /^sfc-preview-sdk$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
  { find: /^sfc-preview-sdk\/paths$/, replacement: fileURLToPath(new URL("src/paths.ts", import.meta.url)) },
];

export default defineConfig(({ mode }) => ({
  resolve: { alias: client },
  test: {
    projects: [
      {
        extends: true,
        // Otherwise this file is read for the project with the mode "test", whatever the command asks for.
        mode,
        test: {
          name: "shared",
          include: ["test/**/*.test.ts"],
          exclude: alone,
          // Files run one after the other in the same process, so that compilers and servers are loaded once and not 150 times.
          // With the other transport each has a process of its own, where it is put in place once.
          isolate: mode === "node-transport",
        },
      },
      { extends: true, mode, test: { name: "alone", include: alone, isolate: true } },
    ],
    // What one test replaces is back before the next one, in whichever file that is.
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    reporters: ["default", ...(process.env.CI ? ["./test/support/slowest-files.ts"] : [])],
    globalSetup: ["test/support/temporary-files.ts"],
    // `npm run test:node-transport`: whatever uses the global fetch goes over node:http.
    setupFiles: mode === "node-transport" ? ["test/support/node-transport.ts"] : [],
    // Vitest leaves one core free, which on a machine with two leaves half of it idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Compilers and servers leave much behind that is short-lived; with room for it, a tenth of the time is not spent on collecting it.
    execArgv: ["--max-semi-space-size=64"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
}));
