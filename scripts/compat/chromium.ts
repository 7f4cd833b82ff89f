import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "../browser/chromium.js";
import { serveFolder } from "../browser/serve-folder.js";
import type { Consumer } from "./packed.js";
import type { Result, Session } from "./session.js";

/** Runs the program in a web page: no bundler, an import map that says where the packages are. */
export async function runChromium(
  executable: string,
  consumer: Consumer,
  session: Session,
): Promise<readonly Result[]> {
  const site = await serveFolder(consumer.folder, { "/": page(consumer) });
  const browser = await launchChromium(executable);
  try {
    const tab = await browser.newPage();
    await tab.goto(site.url);
    // As text: what is compiled here must not leave traces of the compiler in the page.
    const program = `(async () => {
      const [{ run }, { entries }] = await Promise.all([import("/program.mjs"), import("/entries.mjs")]);
      return run(entries, { ...${JSON.stringify(session)}, dangerouslyAllowBrowser: true });
    })()`;
    return (await tab.evaluate(program)) as Result[];
  } finally {
    await browser.close();
    await site.close();
  }
}

function page({ folder }: Consumer): string {
  const imports = Object.assign(
    {},
    ...["sfc-preview-sdk", "openapi-fetch", "@opentelemetry/api"].map((name) => importsOf(folder, name)),
  );
  return `<!doctype html><title>compat</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>`;
}

interface Manifest {
  readonly exports?: Record<string, unknown>;
  readonly module?: string;
}

/** A package's entry points for an import map. */
function importsOf(folder: string, name: string): Record<string, string> {
  const base = `/node_modules/${name}`;
  const { exports = {}, module = "index.js" } = JSON.parse(
    readFileSync(join(folder, base, "package.json"), "utf8"),
  ) as Manifest;
  const imports: Record<string, string> = {};
  for (const [entry, target] of Object.entries(exports)) {
    const file = fileOf(target);
    if (file && existsSync(join(folder, base, file)))
      imports[`${name}${entry.slice(1)}`] = `${base}/${file.replace("./", "")}`;
  }
  return Object.keys(imports).length > 0 ? imports : { [name]: `${base}/${module.replace("./", "")}` };
}

/** What a browser would take of conditional exports. */
function fileOf(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  const conditions = target as Record<string, unknown>;
  return fileOf(conditions.module ?? conditions.browser ?? conditions.import ?? conditions.default);
}
