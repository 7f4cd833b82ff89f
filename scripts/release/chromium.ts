import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { launchChromium, serveFolder } from "../lib/browser.js";
import type { Consumer, Result, Session } from "./compat-project.js";

/** Runs the program in a web page: no bundler, an import map that says where the packages are. */
export async function runChromium(
  executable: string,
  consumer: Consumer,
  session: Session,
): Promise<readonly Result[]> {
  await bundleOtel(consumer.folder);
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

/**
 * Runs the README's program in a web page, and returns what it prints. Pasted as it is the client must refuse, because visitors could read the token;
 * then it gets a token and the option that accepts this.
 */
export async function readmeInChromium(executable: string, project: string, session: Session): Promise<string> {
  const program = readFileSync(join(project, "index.mjs"), "utf8");
  const options = JSON.stringify({ token: session.token, dangerouslyAllowBrowser: true });
  writeFileSync(join(project, "page.mjs"), program.replace("new SfcClient()", `new SfcClient(${options})`));
  const site = await serveFolder(project, { "/": page({ folder: project }) });
  const browser = await launchChromium(executable);
  try {
    const tab = await browser.newPage();
    const printed: string[] = [];
    tab.on("console", (message) => printed.push(message.text()));
    await tab.goto(site.url);
    const run = (file: string) =>
      tab.evaluate(
        `import("/redirect.mjs").then(({ redirect }) => (redirect(${JSON.stringify(session.baseUrl)}), import("/${file}")))
          .then(() => "", (error) => String(error))`,
      ) as Promise<string>;
    const refusal = await run("index.mjs");
    if (!/UsageError: options\.dangerouslyAllowBrowser/.test(refusal))
      throw new Error(`as it is: ${refusal || "not refused"}`);
    const failure = await run("page.mjs");
    if (failure !== "") throw new Error(failure);
    return printed.join("\n");
  } finally {
    await browser.close();
    await site.close();
  }
}

function page({ folder }: Pick<Consumer, "folder">): string {
  const imports = {
    ...importsOf(folder, "sfc-preview-sdk"),
    ...importsOf(folder, "openapi-fetch"),
    "@opentelemetry/api": `/${otelBundle}`,
  };
  return `<!doctype html><title>compat</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>`;
}

const otelBundle = "opentelemetry-api.bundle.mjs";

/** The imports inside of `@opentelemetry/api` have no file extensions, so no browser can load it as it is. */
async function bundleOtel(folder: string): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: ["@opentelemetry/api"],
    outfile: otelBundle,
    bundle: true,
    format: "esm",
    logLevel: "silent",
  });
}

/** A package's entry points for an import map. */
function importsOf(folder: string, name: string): Record<string, string> {
  const base = `/node_modules/${name}`;
  const manifest = JSON.parse(readFileSync(join(folder, base, "package.json"), "utf8"));
  const entries = Object.entries(manifest.exports as Record<string, unknown>);
  const files = entries.map(([entry, target]) => [`${name}${entry.slice(1)}`, join(base, fileOf(target) ?? "")]);
  return Object.fromEntries(files);
}

/** What a browser would take of conditional exports. */
function fileOf(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  const conditions = target as Record<string, unknown>;
  return fileOf(conditions.module ?? conditions.browser ?? conditions.import ?? conditions.default);
}
