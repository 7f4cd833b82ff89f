import { join } from "node:path";
import { root } from "../../scripts/lib/package.js";
import { execute } from "../../scripts/lib/run.js";
import type { Contender } from "../contenders.js";
import { inTurn } from "../rounds.js";
import { type Row, values } from "../table.js";
import { type Context, generateRedocly } from "../workshop.js";

/** The time of the command that generates the client from the description. openapi-fetch generates only types. Ours applies the overlay, lints, bundles, prints, formats and compares. */
export async function generating({ workshop: { folder }, quick, progress }: Context): Promise<Row[]> {
  const types = join(folder, "schema.generated.ts");
  const commands: [Contender, () => Promise<unknown>][] = [
    ["openapi-fetch", () => node("openapi-typescript/bin/cli.js", "openapi/bundled.json", "--output", types)],
    ["redocly", () => generateRedocly(join(folder, "client.generated.ts"))],
    ["ours", () => node("tsx/dist/cli.mjs", "scripts/generate.ts", "--check")],
  ];
  const samples = new Map(commands.map(([name]) => [name, [] as number[]]));
  const rounds = quick ? 1 : 5;
  for (let round = 0; round < rounds; round++) {
    progress(`generate, round ${round + 1} of ${rounds}`);
    for (const [name, command] of inTurn(commands, round)) {
      const startedAt = performance.now();
      await command();
      samples.get(name)?.push((performance.now() - startedAt) / 1_000);
    }
  }
  const cells = { raw: "nothing", ...values(Object.fromEntries(samples)) };
  const title = "generate, whole pipeline";
  return [{ id: "generate", title, unit: "s", better: "lower", digits: 1, cells, targets: { ours: 4 } }];
}

async function node(script: string, ...args: string[]): Promise<void> {
  await execute(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root });
}
