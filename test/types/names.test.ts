/** The text that an editor shows on hover, and the name of a type in compiler errors. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const file = `${root}test/types/names.sample.ts`;
const text = `import type { SfcClient } from "../../src/index.js";
declare const sfc: SfcClient;
export const created = sfc.orders.create({} as never);
export const order = await created;
export const listed = sfc.instances.list({ status: ["running"] });
export const page = await listed;
export const [row] = page.data;
export const [fill] = order.fills ?? [];
export const deployed = await sfc.deployments.get("depl_1");
sfc.orders.create({ side: "buy" });
sfc.orders.list({ side: 7 });
`;

const service = languageService();

function languageService(): ts.LanguageService {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const read = (name: string) => (name === file ? text : ts.sys.readFile(name));
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot(name) {
      const content = read(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: read,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

function hover(of: string): string {
  const { displayParts = [] } = service.getQuickInfoAtPosition(file, text.indexOf(of)) ?? {};
  return displayParts.map((part) => part.text).join("");
}

test.each([
  ["created", "const created: Call<Order>"],
  ["order = await", "const order: Order"],
  ["listed", "const listed: PageRequest<Instance, InstanceList>"],
  ["page = await", "const page: Page<Instance, InstanceList>"],
  ["row]", "const row: Instance | undefined"],
  ["fill]", "const fill: OrderFill | undefined"],
  ["deployed", "const deployed: Deployment"],
])("an editor shows the name of a type on hover: %s", (of, shown) => {
  expect(hover(of)).toBe(shown);
});

test("a compile error has the names of body and query types instead of their members", () => {
  const messages = service
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(messages).toEqual([
    expect.stringMatching(
      /^Argument of type '\{ side: "buy"; \}' is not assignable to parameter of type 'OrderCreate'\./,
    ),
    "Type 'number' is not assignable to type 'OrderSide | undefined'.",
  ]);
  expect(messages.join("").length).toBeLessThan(400);
});
