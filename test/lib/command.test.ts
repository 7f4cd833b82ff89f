import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../scripts/", import.meta.url));

test("a command runs at the end of its file, where every constant of the file is there", () => {
  const commands = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ name, text: readFileSync(`${folder}${name}`, "utf8") }))
    .filter(({ text }) => /^await runAsCommand\(/m.test(text));
  expect(commands.length).toBeGreaterThan(4);
  // Whatever follows the call at the start of a line, but for the brackets that close it.
  // Whatever begins a line after the one of the call, but for the brackets that close it.
  const early = commands.filter(({ text }) => /\n[^\s})]/.test(text.split(/^await runAsCommand\(/m)[1] ?? ""));
  expect(early.map(({ name }) => name)).toEqual([]);
});
