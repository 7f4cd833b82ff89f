import { SourceMap, type SourceMapPayload } from "node:module";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { keepSources } from "../../scripts/build/prune-maps.js";

it("leaves the ways into kept sources as they were, and no other", async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL("../../src/index.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module"],
    outdir: "dist",
    sourcemap: true,
    write: false,
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  const before = JSON.parse(text(".map")) as SourceMapPayload;
  const isKept = (source: string) => source.includes("src/wrappers/");
  const after = keepSources(before, isKept);
  expect(after.sources).toEqual(before.sources.filter(isKept));
  const [old, fresh] = [new SourceMap(before), new SourceMap({ ...before, ...after } as SourceMapPayload)];
  const counts = { kept: 0, gone: 0 };
  for (const [row, line] of text(".js").split("\n").entries()) {
    for (let column = 0; column < line.length; column += 3) {
      const was = old.findEntry(row, column);
      const is = fresh.findEntry(row, column);
      if (!("originalSource" in was) || was.originalSource === undefined) continue;
      const stays = isKept(was.originalSource);
      counts[stays ? "kept" : "gone"]++;
      const place = ({ originalSource, originalLine, originalColumn }: typeof was) => [
        originalSource,
        originalLine,
        originalColumn,
      ];
      expect("originalSource" in is && is.originalSource !== undefined ? place(is) : "nowhere").toEqual(
        stays ? place(was) : "nowhere",
      );
    }
  }
  expect(counts.kept).toBeGreaterThan(1000);
  expect(counts.gone).toBeGreaterThan(1000);
});
