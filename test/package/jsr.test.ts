import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8"));
const npm = read("package.json");
const jsr = read("jsr.json");

it("is the same version on JSR as on npm", () => {
  expect(jsr).toMatchObject({ version: npm.version, license: npm.license });
});

it("has the same entries there", () => {
  const entries = Object.entries<{ default: string }>(npm.exports).filter(([entry]) => entry !== "./package.json");
  const sources = entries.map(([entry, { default: file }]) => {
    return [entry, file.replace("./dist/", "./src/").replace(/\.js$/, ".ts")];
  });
  expect(jsr.exports).toEqual(Object.fromEntries(sources));
});

it("stands on the same packages there", () => {
  const needed = { ...npm.dependencies, "@opentelemetry/api": npm.peerDependencies["@opentelemetry/api"] };
  const imports = Object.entries(needed).map(([name, version]) => [name, `npm:${name}@${version}`]);
  // The build for npm inlines it. JSR takes the sources as they are, and so the package.
  imports.push(["@noble/hashes/sha2.js", `npm:@noble/hashes@${npm.devDependencies["@noble/hashes"]}/sha2.js`]);
  expect(jsr.imports).toEqual(Object.fromEntries(imports));
});
