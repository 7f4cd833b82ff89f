import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../scripts/", import.meta.url));

test("a command is called at the end of its file, where every constant of the file is initialized", () => {
  const commands = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ name, text: readFileSync(`${folder}${name}`, "utf8") }))
    .filter(({ text }) => /^await runAsCommand\(/m.test(text));
  expect(commands.length).toBeGreaterThan(4);
  // Anything at the start of a line after the call, except for the brackets that close it.
  // Anything at the start of a line after that of the call, except for the brackets that close it.
  const early = commands.filter(({ text }) => /\n[^\s})]/.test(text.split(/^await runAsCommand\(/m)[1] ?? ""));
  expect(early.map(({ name }) => name)).toEqual([]);
});
