import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { printApiIndex, printApiPage } from "../../scripts/docs/api-page.js";
import { printCurl } from "../../scripts/docs/curl.js";
import { plain, printAll, printIndex } from "../../scripts/docs/llms.js";
import { readApi } from "../../scripts/docs/read-api.js";
import { printSample } from "../../scripts/docs/sample.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const api = readApi(root);
const pages = new Map(
  api.model.resources.map((resource) => [
    resource.field,
    printApiPage(api, resource, (name) => `../sdk/index/type-aliases/${name}.md`),
  ]),
);
const page = (field: string) => pages.get(field) ?? "";
const section = (name: string) => {
  const [field = ""] = name.split(".");
  return (
    page(field)
      .split(/^## /m)
      .find((text) => text.startsWith(`${name} {#`)) ?? ""
  );
};

describe("the API pages", () => {
  test("show request, retry class, sample, command and errors of every operation", () => {
    for (const operation of api.model.operations) {
      const { name, method, path, retry } = operation.descriptor;
      const text = section(name);
      expect(text, name).toContain(`\`${method} ${path}\``);
      expect(text, name).toContain(`retry class \`${retry}\``);
      expect(text, name).toContain(printSample(operation));
      expect(text, name).toContain(printCurl(operation, "https://api.sfcompute.com"));
      for (const { status, types } of operation.errors) {
        expect(text, name).toContain(`| ${status} | ${types.map((type) => `\`${type}\``).join(", ")} |`);
      }
    }
  });

  test("show a body as a table with the path to each member, and one table for each variant", () => {
    const order = section("orders.create");
    expect(order).toContain("**Body**: [`OrderCreate`](../sdk/index/type-aliases/OrderCreate.md)");
    expect(order).toMatch(/^\| `allocation_schedule_delta\[\]\.start_at`<br>required \| `integer` \| .*Unix.* \|$/m);
    expect(section("deployments.create")).toMatch(
      /When `kind` is `"generic"`:\n\n\| field .*\n[\s\S]*When `kind` is `"spot"`:/,
    );
  });

  test("have the description of a field itself rather than that of its schema", () => {
    expect(section("orders.create")).toMatch(/^\| `allocation_schedule_delta`<br>required .*exactly one range/m);
  });

  test("are short: an operation has at most 60 rows of tables, except for those that open on demand", () => {
    for (const { descriptor } of api.model.operations) {
      const text = section(descriptor.name).replace(/^::: details[\s\S]*?^:::$/gm, "");
      expect(text.split("\n").filter((line) => line.startsWith("|")).length, descriptor.name).toBeLessThan(60);
    }
  });

  test("contain nothing that the site would parse as a component or an expression", () => {
    for (const [field, text] of pages) {
      const outside = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
      expect(outside.replaceAll("<br>", ""), field).not.toMatch(/<|\{\{/);
    }
  });

  test("are listed on a page of their own", () => {
    const index = printApiIndex(api);
    for (const { field, file } of api.model.resources) expect(index).toContain(`[\`${field}\`](${file}.md)`);
  });
});

test("each curl command sends the request of the sample beside it", async () => {
  const samples = api.model.operations.map((operation) => ({
    command: printCurl(operation, "https://api.sfcompute.com"),
    body: printSample(operation).replace(/^import .*\n/m, ""),
  }));
  const code = samples.map(({ body }) => `async () => {\n${body}}`).join(",\n");
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(join(root, ".tmp/samples-"));
  const file = join(folder, "samples.ts");
  writeFileSync(file, `import { SfcClient } from "../../src/index.js";\nexport const samples = [${code}];\n`);
  vi.stubEnv("SF_API_KEY", "sk_live_any");
  vi.spyOn(console, "log").mockImplementation(() => {});
  let sent: Sent | undefined;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { "idempotency-key": key } = init.headers as Record<string, string>;
    sent ??= {
      method: String(init.method),
      url: withoutLimit(url),
      key,
      body: init.body && JSON.parse(String(init.body)),
    };
    return Response.json({ data: [], has_more: false });
  });
  try {
    const { samples: programs } = (await import(file)) as { samples: (() => Promise<void>)[] };
    for (const [n, program] of programs.entries()) {
      sent = undefined;
      // This test ignores how a method handles an empty response.
      await program().catch(() => {});
      expect(sent, samples[n]?.command).toEqual(readCurl(samples[n]?.command ?? ""));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** The request that a shell and curl would send for the command. */
function readCurl(command: string): Sent {
  const argument = (pattern: RegExp) => pattern.exec(command)?.[1]?.replaceAll(`'\\''`, "'");
  const data = argument(/--data '((?:[^']|'\\'')*)'/);
  return {
    method: argument(/--request (\w+)/) ?? "GET",
    url: argument(/^curl '([^']*)'/) ?? "",
    key: argument(/idempotency-key: ([^"]+)"/),
    body: data === undefined ? undefined : JSON.parse(data),
  };
}

/** An iteration requests the largest pages. */
function withoutLimit(url: string): string {
  return url.replace(/([?&])limit=\d+&?/, "$1").replace(/[?&]$/, "");
}

describe("the files for language models", () => {
  const groups = [
    { text: "API", pages: [{ title: "deployments", path: "api/deployments.md", markdown: page("deployments") }] },
  ];

  test("list every page, and contain all of them", () => {
    expect(printIndex(groups, "/sdk/")).toContain("## API\n\n- [deployments](/sdk/api/deployments.md)\n");
    expect(printAll(groups)).toContain("# deployments\n");
  });

  test("contain no markup that only the site supports", () => {
    const text = plain(page("deployments"));
    expect(text).toContain("{{nanoid(");
    expect(text).not.toMatch(/^:::|\{#|<br>|&lt;|^```\w+ \[/m);
  });

  test("have only valid links: pages of the SDK reference are HTML, and llms-full.txt is in the root of the site", () => {
    const markdown = "[`Orders`](../sdk/index/classes/Orders.md) and [keys](../keys-and-retries.md#keys)";
    expect(plain(markdown)).toBe(
      "[`Orders`](../sdk/index/classes/Orders.html) and [keys](../keys-and-retries.md#keys)",
    );
    expect(printAll([{ text: "API", pages: [{ title: "orders", path: "api/orders.md", markdown }] }])).toContain(
      "[`Orders`](sdk/index/classes/Orders.html) and [keys](keys-and-retries.md#keys)",
    );
  });
});
