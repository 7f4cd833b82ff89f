import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../lib/npm.js";
import { execute } from "../lib/run.js";
import type { Consumer } from "./packed.js";
import { notHad, passed, type Row } from "./table.js";

export const compilers = ["5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"].map((version) => `typescript@${version}`);

/** How a consumer may find modules, and the `module` that goes with it. */
const modules = { bundler: "esnext", node16: "node16", nodenext: "nodenext" } as const;

export const resolutions = Object.keys(modules);

/** Type-checks a consumer's program with one compiler in every resolution, declarations of the dependencies included. */
export async function checkTypes(spec: string, cache: string, consumer: Consumer): Promise<Row> {
  const name = spec.replace("typescript@", "TypeScript ");
  try {
    const tsc = join(await cached(cache, spec), "node_modules/.bin/tsc");
    const cells: Record<string, string> = {};
    for (const [resolution, module] of Object.entries(modules)) {
      cells[resolution] = await compile(tsc, consumer, resolution, module);
    }
    return { name, cells };
  } catch (error) {
    return {
      name,
      cells: Object.fromEntries(resolutions.map((each) => [each, `${notHad}: ${(error as Error).message}`])),
    };
  }
}

async function compile(tsc: string, consumer: Consumer, moduleResolution: string, module: string): Promise<string> {
  const project = `tsconfig.${moduleResolution}.json`;
  writeFileSync(join(consumer.folder, "every-entry.ts"), importEverything(consumer.entries));
  writeFileSync(join(consumer.folder, project), JSON.stringify(settings(module, moduleResolution)));
  const { code, output } = await execute(tsc, ["-p", project], { cwd: consumer.folder });
  return code === 0 ? passed : output.trim().split("\n").slice(0, 3).join(" | ");
}

function importEverything(entries: readonly string[]): string {
  return entries.map((entry, n) => `export type * as e${n} from "sfc-preview-sdk${entry.slice(1)}";\n`).join("");
}

/** As strict as a consumer may be. `types: []`: a web page has no types of Node. */
function settings(module: string, moduleResolution: string) {
  return {
    compilerOptions: {
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      module,
      moduleResolution,
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ["types.ts", "every-entry.ts"],
  };
}
