import { expect, test } from "vitest";
import {
  absoluteLinks,
  type Candidate,
  manifestFaults,
  nameFaults,
  type Registry,
  repositoryFields,
} from "../../scripts/release/repository.js";

const page = "https://github.com/acme/sfc-preview-sdk";
const candidates: readonly Candidate[] = [
  { folder: "", manifest: { name: "sfc-preview-sdk", ...repositoryFields(page, "") }, readme: `[guide](${page})` },
  {
    folder: "packages/devtools",
    manifest: { name: "sfc-preview-devtools", ...repositoryFields(page, "packages/devtools") },
    readme: "[top](#top)",
  },
];
const [client, devtools] = candidates as [Candidate, Candidate];
const what = (faults: readonly { where: string; what: string }[]) =>
  faults.map((fault) => `${fault.where}: ${fault.what}`);

type Published = Registry["published"] extends ReadonlyMap<string, infer One> ? One : never;

function registry(user: string | undefined, published: Published | undefined): Registry {
  return { user, published: new Map(published && [["sfc-preview-sdk", published]]) };
}

test("packages with a repository may be published", () => {
  expect(manifestFaults(candidates, undefined)).toEqual([]);
  expect(manifestFaults(candidates, page)).toEqual([]);
});

test("packages without a repository may not be published", () => {
  const { repository: _, ...manifest } = client.manifest;
  expect(what(manifestFaults([{ ...client, manifest }, devtools], page))).toEqual([
    "package.json: `repository` is missing, so nothing can be published.",
  ]);
});

test("packages may not be published from a repository other than their own", () => {
  expect(what(manifestFaults(candidates, "https://github.com/fork/sfc-preview-sdk"))).toEqual([
    `package.json: \`repository\` is ${page}, but this is a build of https://github.com/fork/sfc-preview-sdk.`,
  ]);
});

test.each(["repository", "homepage", "bugs"])("both packages have the same %s", (field) => {
  const faults = manifestFaults(
    [client, { ...devtools, manifest: { ...devtools.manifest, [field]: undefined } }],
    page,
  );
  expect(what(faults)).toEqual([
    `packages/devtools/package.json: \`${field}\` is missing or names another repository.`,
  ]);
});

test("a relative link of a README is refused, because npm shows the README elsewhere", () => {
  expect(what(manifestFaults([{ ...client, readme: "[guide](docs/index.md)" }, devtools], page))).toEqual([
    "README.md: The link to docs/index.md is not absolute.",
  ]);
});

test("links become absolute once", () => {
  const once = absoluteLinks("[a](docs/a.md#b) [c](https://c.example) [d](#d)", page, "");
  expect(once).toBe(`[a](${page}/blob/main/docs/a.md#b) [c](https://c.example) [d](#d)`);
  expect(absoluteLinks(once, page, "")).toBe(once);
  expect(absoluteLinks("[x](x.md)", page, "packages/devtools")).toBe(`[x](${page}/blob/main/packages/devtools/x.md)`);
});

test.each<[string, Registry, readonly string[]]>([
  ["published from this repository", registry(undefined, { repository: `git+${page}.git`, maintainers: ["ada"] }), []],
  ["maintained by the user who is logged in", registry("ada", { maintainers: ["ada"] }), []],
  ["free, and someone is logged in who claims it", registry("ada", undefined), []],
  ["free, and no one is logged in", registry(undefined, undefined), ["is free, but no one is logged in"]],
  ["published by someone else", registry("ada", { maintainers: ["eve"] }), ["belongs to another publisher (eve)"]],
  [
    "published from another repository",
    registry(undefined, { repository: "https://github.com/eve/x", maintainers: ["eve"] }),
    ["belongs to another publisher (eve)"],
  ],
])("a name that is %s", (_, one, expected) => {
  expect(nameFaults([client], one).map((fault) => fault.what)).toEqual(
    expected.map((text) => expect.stringContaining(text) as unknown),
  );
});
