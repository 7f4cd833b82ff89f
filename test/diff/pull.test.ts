import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { specPull } from "../../scripts/spec/pull.js";
import { createProject, type Project } from "../pipeline/project.js";
import { historyFile, historyText } from "./history-files.js";
import { outputs } from "./outputs.js";

const TIME = 120_000;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

describe("takes over a newer description", () => {
  it(
    "shows the difference, writes the description, the rows and the client, and names the version",
    async () => {
      const project = may();
      project.write(".changeset/README.md", "");
      project.write("packages/devtools/known-changes.json", "[]");
      const { code, out } = await pull(project, [historyFile("2026-06"), "--yes"]);
      expect({ code, stderr: out.stderr }).toEqual({ code: 0, stderr: "" });
      expect(out.stdout).toContain("`instances.create`: `priority` is gone, see `priority_level`");
      expect(out.stdout).toMatch(/Version to release: 0\.2\.0\n$/);
      expect(parse(project.read("openapi/sfc-preview.yaml"))).toEqual(parse(historyText("2026-06")));
      expect(project.read("src/generated/schema.ts")).toContain("priority_level");
      expect(project.read("src/generated/schema.ts")).not.toMatch(/\bpriority\?/);
      const note = project.read(/\.changeset\/description-\w+\.md/.exec(out.stdout)?.[0] ?? "");
      expect(note).toMatch(
        /^---\n"sfc-preview-sdk": minor\n---\n\nA new description of the API\.\n\n\*\*Breaking\*\*\n/,
      );
      expect(note).toContain("`Instance.priority` is gone, see `priority_level`");
      // `sfc-preview-devtools impact` names this as the replacement.
      const known = JSON.parse(project.read("packages/devtools/known-changes.json"));
      expect(known).toContainEqual({
        version: "0.2.0",
        from: "Instance.priority",
        to: "priority_level",
        isGuess: true,
      });
    },
    TIME,
  );

  it(
    "from a URL, as JSON, with keys in another order",
    async () => {
      const project = may();
      const document = parse(historyText("2026-06")) as Record<string, unknown>;
      const shuffled = JSON.stringify(Object.fromEntries(Object.entries(document).reverse()));
      const url = await serve((_, response) => response.end(shuffled));
      const { code } = await pull(project, [url, "--yes"]);
      expect(code).toBe(0);
      const text = project.read("openapi/sfc-preview.yaml");
      expect(parse(text)).toEqual(document);
      expect(text).toMatch(/^# The instance operations as of May 2026.*\n(#.*\n)*openapi: 3\.1\.0\ninfo:/);
    },
    TIME,
  );

  it(
    "removes rows of removed operations, renames rows of renamed operations, and keeps comments",
    async () => {
      const project = may();
      const next = historyText("2026-05")
        .replace("operationId: create_instance", "operationId: launch_instance")
        .replace(/ {2}\/preview\/v2\/instances\/\{id\}\/replace:\n[\s\S]*?(?=components:)/, "");
      const { code, out } = await pull(project, [project.path("next.yaml"), "--yes"], next);
      expect({ code, stderr: out.stderr }).toEqual({ code: 0, stderr: "" });
      expect(out.stdout).toContain("openapi/sdk.yaml: row replace_instance: removed, the operation is gone");
      const rows = historyText("sdk").split("\n");
      const expected = rows.filter((row) => !row.includes("replace_instance")).join("\n");
      expect(project.read("openapi/sdk.yaml")).toBe(expected.replace("create_instance:", "launch_instance:"));
    },
    TIME,
  );

  it(
    "does nothing when nothing changed",
    async () => {
      const project = may();
      const before = project.snapshot();
      const { code, out } = await pull(project, [historyFile("2026-05"), "--yes"]);
      expect({ code, stdout: out.stdout }).toEqual({
        code: 0,
        stdout: "Nothing is different for users of the client.\n",
      });
      expect(project.snapshot()).toEqual(before);
    },
    TIME,
  );

  it(
    "reports failing tests, and shows its progress in a terminal",
    async () => {
      const out = outputs();
      const project = may();
      const world = {
        ...out.world,
        stdout: { ...out.world.stdout, isTTY: true },
        root: project.root,
        cwd: project.root,
        test: async () => "The contract tests fail.",
      };
      expect(await specPull([historyFile("2026-06"), "--yes"], world)).toBe(2);
      expect(out.stderr).toBe("The contract tests fail.\n");
      expect(out.stdout).not.toContain("Version to release");
      const shown = [...out.stdout.matchAll(/\r\S* {2}(\w+) +\S* *\d+ ms/g)].map(([, stage]) => stage);
      expect(shown, "stages that a terminal shows").toEqual([
        "fetch",
        "read",
        "compare",
        "generate",
        "compile",
        "test",
      ]);
    },
    TIME,
  );
});

it(
  "reports that tests could not be run, and still reports the changes",
  async () => {
    const out = outputs();
    const project = may();
    const test = () => Promise.reject(new Error("no such command"));
    const world = { ...out.world, root: project.root, cwd: project.root, test };
    expect(await specPull([historyFile("2026-06"), "--yes"], world)).toBe(2);
    expect(out.stderr).toBe("no such command\n  (set DEBUG=1 to see where)\n");
  },
  TIME,
);

describe("asks for confirmation", () => {
  it.each([
    ["yes", 0, true],
    ["no", 1, false],
  ])(
    "and the reply %s counts",
    async (_, expected, response) => {
      const project = may();
      const before = project.snapshot();
      const out = outputs();
      const questions: string[] = [];
      const ask = async (question: string) => questions.push(question) > 0 && response;
      const world = { ...out.world, root: project.root, cwd: project.root, ask, test: async () => undefined };
      expect(await specPull([historyFile("2026-06")], world)).toBe(expected);
      expect(questions).toEqual(["Take it over?"]);
      expect(Object.keys(project.snapshot()).length > Object.keys(before).length).toBe(response);
      if (!response) expect(project.snapshot()).toEqual(before);
    },
    TIME,
  );

  it(
    "and changes nothing when it cannot ask",
    async () => {
      const project = may();
      const before = project.snapshot();
      const { code, out } = await pull(project, [historyFile("2026-06")]);
      expect(code).toBe(1);
      expect(out.stdout).toMatch(/Nothing was changed. To take it over without being asked: --yes\n$/);
      expect(project.snapshot()).toEqual(before);
    },
    TIME,
  );
});

describe("refuses without changing anything:", () => {
  const whole = historyText("2026-06");
  const json = JSON.stringify(parse(whole));
  it.each<[string, string, RegExp]>([
    ["a web page", "<!doctype html><html></html>", /This is an HTML or XML page/],
    ["what is no OpenAPI", '{"swagger": "2.0"}', /must have required property 'openapi'/],
    ["JSON that is cut short", json.slice(0, json.length / 2), /Not valid YAML or JSON/],
    ["YAML that is cut short", whole.slice(0, whole.indexOf("  schemas:")), /leads to nothing/],
    ["what has lost most operations", onlyList(), /Of 4 operations only 1 are left: more than half are gone/],
    ["what no client can be made of", whole.replaceAll("has_more", "more"), /has no `has_more`/],
    ["what the linter finds wrong", whole.replace("type: boolean", "type: bool"), /lint rule struct/],
  ])(
    "%s",
    async (_, text, reason) => {
      const project = may();
      const before = project.snapshot();
      const { code, out } = await pull(project, [project.path("next.yaml"), "--yes"], text);
      expect(code).toBe(1);
      expect(out.stderr).toMatch(reason);
      expect(out.stderr).toMatch(/\nNothing was changed\.\n$/);
      expect(project.snapshot()).toEqual(before);
    },
    TIME,
  );

  it.each<[string, RequestListener, RegExp]>([
    ["an error page", (_, response) => response.writeHead(503).end("down"), /The server returned 503\./],
    ["a body that ends early", (_, response) => cutShort(response), /It cannot be fetched whole/],
  ])("%s", async (_, response, reason) => {
    const project = may();
    const before = project.snapshot();
    const { code, out } = await pull(project, [await serve(response), "--yes"]);
    expect(code).toBe(1);
    expect(out.stderr).toMatch(reason);
    expect(project.snapshot()).toEqual(before);
  });

  it("a missing file", async () => {
    const { code, out } = await pull(may(), ["nowhere.yaml"]);
    expect(code).toBe(1);
    expect(out.stderr).toContain("nowhere.yaml\n  There is no such file.");
  });
});

it("replaces either both the description and the generated files, or neither", async () => {
  const project = may();
  // A folder has the path of a generated file.
  project.write("src/generated/schema.ts/note.txt", "");
  const before = project.snapshot();
  const { code, out } = await pull(project, [historyFile("2026-06"), "--yes"]);
  expect(code).toBe(1);
  expect(out.stderr).toMatch(/EISDIR[\s\S]*\nNothing was changed\.\n$/);
  expect(project.snapshot()).toEqual(before);
}, 120_000);

/** A project with the description of May 2026. */
function may(): Project {
  return createProject({ spec: historyText("2026-05"), sdk: historyText("sdk") });
}

async function pull(project: Project, argv: string[], next?: string) {
  if (next !== undefined) project.write("next.yaml", next);
  const out = outputs();
  const world = { ...out.world, root: project.root, cwd: project.root, test: async () => undefined };
  return { code: await specPull(argv, world), out };
}

function onlyList(): string {
  const text = historyText("2026-06");
  return text.replace(/ {4}post:\n[\s\S]*?(?=components:)/, "");
}

function cutShort(response: Parameters<RequestListener>[1]): void {
  response.writeHead(200, { "content-length": 1000 });
  response.write("openapi: 3.1.0\n", () => response.destroy());
}

async function serve(response: RequestListener): Promise<string> {
  const started = createServer(response);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/openapi.json`;
}
