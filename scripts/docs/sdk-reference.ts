import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application } from "typedoc";

/** Writes the SDK reference, from the docstrings. */
export async function writeSdkReference(root: string, out: string): Promise<void> {
  const entries = ["index", "paths", "workflows", "otel", "node"].map((name) => join(root, `src/${name}.ts`));
  const app = await Application.bootstrap({
    name: "sfc-preview-sdk",
    entryPoints: entries.filter((file) => existsSync(file)),
    tsconfig: join(root, "tsconfig.build.json"),
    skipErrorChecking: true,
    readme: "none",
    disableSources: true,
    disableGit: true,
    excludeInternal: true,
    excludePrivate: true,
    // Shapes that no entry point names are told where they are used.
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    navigationLinks: { Guide: "../index.html" },
    navigation: { includeGroups: true },
    hideGenerator: true,
    githubPages: false,
    searchInComments: true,
    logLevel: "Error",
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc could not read the sources");
  await app.generateDocs(project, out);
  if (app.logger.hasErrors()) throw new Error("typedoc complained, see above");
  useIconsOfThePage(out);
}

/** A page that was opened from a folder may not load a part of another file, so icons come from the copy that typedoc's script puts into the page. */
function useIconsOfThePage(folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".html")) continue;
    const html = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), html.replace(/"(?:\.\.\/)*assets\/icons\.svg#/g, '"#'));
  }
}
