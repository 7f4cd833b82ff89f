import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SHADOW } from "../../packages/devtools/src/impact/message.js";
import { readInputs } from "../../scripts/generate/read.js";
import { handWrittenSources } from "../../scripts/generate/standalone.js";
import { makeOutputs } from "../../scripts/generate.js";
import type { Texts } from "../../scripts/lib/files.js";
import { readPackage } from "../../scripts/lib/package.js";
import { inScratch } from "../../scripts/lib/scratch.js";
import { virtualProgram } from "../../scripts/spec/compiler.js";
import { nextVersion, reportOn } from "../../scripts/spec/diff.js";
import { printMarkdown, type Report } from "../../scripts/spec/report.js";
import type { SfcClient } from "../../src/index.js";
import { ROOT } from "../mutations/base.js";
import { loadClient } from "../mutations/bundle-client.js";
import { listErrors } from "../support/list-errors.js";
import { type HistoryName, historyFile } from "./history-files.js";

const TIME = 120_000;
const { version } = readPackage(ROOT);

describe("each description leads to a client that type-checks and sends the requests that were documented at its time", () => {
  it(
    "the clients of all three times, in one program",
    async () => {
      const handWritten = handWrittenSources(ROOT, ["src"]);
      const files = new Map<string, string>();
      for (const name of ["2026-05", "2026-06", "2026-07"] as const) {
        const code = new Map([...handWritten, ...(await codeOf(name))]);
        for (const [path, text] of code) files.set(join(ROOT, path.replace("src/", `src/${SHADOW}${name}/`)), text);
      }
      const checked = [...files.keys()].filter((path) => /@shadow-[^/]*\/(generated\/.*|client|index)\.ts$/.test(path));
      expect(checked.length).toBe(30);
      expect(listErrors(virtualProgram(ROOT, files), checked)).toEqual([]);
    },
    TIME,
  );

  it(
    "May 2026: PATCH with an integer priority",
    async () => {
      const sent = await send("2026-05", (sfc) =>
        sfc.instances.batchUpdate({ data: [{ id: "inst_a", priority: 123 }] } as never),
      );
      expect(sent).toEqual({
        request: "PATCH https://api.sfcompute.com/preview/v2/instances",
        authorization: "Bearer <token>",
        contentType: "application/json",
        key: null,
        body: { data: [{ id: "inst_a", priority: 123 }] },
      });
    },
    TIME,
  );

  it(
    "mid-2026: POST with a capacity, POST …/replace with a key, GET of a workspace",
    async () => {
      const create = {
        capacity: "cap_a",
        image: "image_a",
        instance_sku: "isku_k3R-nX9vLm7Qp2Yw5Jd8F",
        name: "my-resource-name",
        cloud_init_user_data: "IyEvYmluL2Jhc2gKZWNobyBoZWxsbyB3b3JsZAo=",
        tags: { env: "prod", team: "infra" },
        _preview_enable_infiniband: false,
      };
      expect(await send("2026-06", (sfc) => sfc.instances.create(create as never))).toMatchObject({
        request: "POST https://api.sfcompute.com/preview/v2/instances",
        key: null,
        body: create,
      });
      const replace = { image: "image_b", cloud_init_user_data: create.cloud_init_user_data, name: "my-resource-name" };
      const options = { idempotencyKey: "redeploy-1" };
      expect(await send("2026-06", (sfc) => sfc.instances.replace("inst_a", replace, options))).toMatchObject({
        request: "POST https://api.sfcompute.com/preview/v2/instances/inst_a/replace",
        key: "redeploy-1",
        body: replace,
      });
      expect(await send("2026-06", (sfc) => sfc.instances.list({ workspace: "wksp_a", limit: 50 }))).toMatchObject({
        request: "GET https://api.sfcompute.com/preview/v2/instances?workspace=wksp_a&limit=50",
        contentType: null,
        body: null,
      });
    },
    TIME,
  );

  it(
    "July 2026: PATCH with a priority level",
    async () => {
      const body = { data: [{ id: "inst_a", priority_level: "critical" as const }] };
      expect(await send("2026-07", (sfc) => sfc.instances.batchUpdate(body))).toMatchObject({
        request: "PATCH https://api.sfcompute.com/preview/v2/instances",
        body,
      });
    },
    TIME,
  );
});

describe("each step is reported completely and without false entries", () => {
  it(
    "from May to mid-2026",
    async () => {
      const report = await step("2026-05", "2026-06");
      expect(report.version).toEqual({ current: version, next: nextVersion(version, "major") });
      expect(`\n${printMarkdown(report)}`).toBe(`
**Breaking**

- \`Instance.priority\` is gone, see \`priority_level\` (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`instances.create\`: \`priority\` is gone, see \`priority_level\`
- \`instances.batchUpdate\`: \`priority_level\` is new and required; \`priority\` is gone, see \`priority_level\`

**New**

- \`Instance\`: \`workspace_id\` is new; \`priority_level\` is new (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`instances.create\`: \`priority_level\` is new
`);
    },
    TIME,
  );

  it(
    "from mid-2026 to July",
    async () => {
      const report = await step("2026-06", "2026-07");
      expect(report.version).toEqual({ current: version, next: nextVersion(version, "major") });
      expect(`\n${printMarkdown(report)}`).toBe(`
**Breaking**

- \`InstanceSkuSummary.name\` is gone, see \`alias\` (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`Instance\`: \`instance_sku\` is now InstanceSkuSummary | null (was InstanceSkuSummary); \`deployment\` is now DeploymentSummary | null (was DeploymentSummary) (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`instances.create\`: \`pool\` is new and required; \`capacity\` is gone, see \`pool\`
- \`instances.list\`: \`capacity\` is gone, see \`pool\`

**New**

- \`InstanceSkuSummary\`: \`object\` is new; \`alias\` is new (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`Instance\`: \`capacity\` is deprecated; \`pool\` is new (in \`instances.list\`, \`instances.create\`, \`instances.batchUpdate\`, \`instances.replace\`)
- \`instances.create\`: \`enable_public_ipv4\` is new; \`firewall\` is new
- \`instances.list\`: \`workspace\` may now be left out; \`pool\` is new

**Also**

- \`Instance\`: described in other words
`);
    },
    TIME,
  );

  it(
    "and back: removed things are new, and new things are removed",
    async () => {
      const report = await step("2026-06", "2026-05");
      const reported = report.entries.map(({ kind, subject, member }) => `${kind} ${subject}.${member}`).sort();
      expect(reported).toEqual(
        [
          "member-gone Instance.priority_level",
          "member-gone Instance.workspace_id",
          "member-gone instances.batchUpdate.priority_level",
          "member-gone instances.create.priority_level",
          "member-new Instance.priority",
          "member-new instances.batchUpdate.priority",
          "member-new instances.create.priority",
          "type-gone InstancePriority.undefined",
        ].sort(),
      );
    },
    TIME,
  );
});

async function step(before: HistoryName, after: HistoryName): Promise<Report> {
  const sdk = historyFile("sdk");
  const [older, newer] = [
    { spec: historyFile(before), sdk },
    { spec: historyFile(after), sdk },
  ];
  const { report } = await reportOn(older, newer, ROOT, ROOT);
  return report;
}

/** The generated code of one time, as `npm run generate` writes it. It is made once. */
const generated = new Map<HistoryName, Promise<Texts>>();

function codeOf(name: HistoryName): Promise<Texts> {
  const known = generated.get(name);
  if (known !== undefined) return known;
  const options = { spec: historyFile(name), sdk: historyFile("sdk") };
  const making = inScratch(async (scratch) => {
    const { outputs } = await makeOutputs(readInputs(options, ROOT, ROOT), ROOT, scratch, {
      stage: async (_name, work) => work(),
    });
    return new Map([...outputs].filter(([path]) => path.endsWith(".ts")));
  });
  generated.set(name, making);
  return making;
}

/** The request that a client of that time sends. */
async function send(name: HistoryName, call: (sfc: SfcClient) => PromiseLike<unknown>) {
  const Client = (await loadClient(await codeOf(name))) as typeof SfcClient;
  const sent: Request[] = [];
  const response = { object: "list", has_more: false, data: [], cursor: null };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    sent.push(new Request(input, init));
    return Response.json(response);
  };
  await call(new Client({ token: "<token>", fetch }));
  const [request] = sent;
  const text = await request?.text();
  return {
    request: `${request?.method} ${request?.url}`,
    authorization: request?.headers.get("authorization"),
    contentType: request?.headers.get("content-type"),
    key: request?.headers.get("idempotency-key"),
    body: text ? JSON.parse(text) : null,
  };
}
