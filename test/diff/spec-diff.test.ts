import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { specDiff } from "../../scripts/spec/diff.js";
import { readBase } from "../mutations/base.js";
import { Draft } from "../mutations/mutation.js";
import { outputs } from "./outputs.js";

const folder = mkdtempSync(join(tmpdir(), "spec-diff-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { description } = readBase(true);
const before = join(folder, "before.json");
writeFileSync(before, JSON.stringify(description));

async function diff(change: (draft: Draft) => void) {
  const draft = new Draft(structuredClone(description));
  change(draft);
  const after = join(folder, "after.json");
  writeFileSync(after, JSON.stringify(draft.document));
  const out = outputs();
  const code = await specDiff([before, after, "--format", "markdown"], out.world);
  return { code, stdout: out.stdout, stderr: out.stderr };
}

it("states for every change of a request, a page or a method what it means for users of the client", async () => {
  const text = { type: "string" };
  const { code, stdout, stderr } = await diff((draft) => {
    draft.document.servers = [{ url: "https://eu.example.com" }];
    draft.addParameter("list_orders", { name: "X-Team", in: "header", required: true, schema: text });
    draft.parameter("create_order", "Idempotency-Key").required = true;
    draft.parameter("list_instances", "status").explode = false;
    draft.removeParameter("list_pools", "ending_before");
    draft.parameter("list_pools", "starting_after").name = "page_token";
    draft.operation("get_instance_ssh").responses["200"].content = { "text/plain": { schema: text } };
    const item = draft.path("/preview/v2/deployments/{id}");
    draft.paths["/v3/fleet/deployments/{id}"] = { delete: { ...item.delete, operationId: "v3.delete_deployment" } };
    delete item.delete;
    draft.schema("OrderStatus").enum.push("expired");
  });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const breaking = stdout.split("**New**")[0]?.split("\n") ?? [];
  for (const line of [
    "- the client: the default address is now `https://eu.example.com` (was `https://api.sfcompute.com`)",
    "- `orders.list`: the header `X-Team` is new and required",
    "- `instances.list`: `status` is now sent as `status=a,b` (was `status=a&status=b`); the client cannot write it so, and no longer accepts it",
    "- `instances.getSsh`: is left out of the client (GET /preview/v2/instances/{id}/ssh): it accepts or returns something other than JSON, which generated methods do not",
    "- `deployments.delete`: is gone (DELETE /preview/v2/deployments/{id}), see `deploymentsV3.delete`",
  ]) {
    expect(breaking).toContain(line);
  }
  expect(breaking.find((line) => line.startsWith("- `pools.list`"))).toMatch(
    /loses its iteration, so that a call returns one page: it takes `limit` and takes `page_token` .*, which the client does not follow \(was: supports forward and backward pagination\)/,
  );
  expect(stdout.split("**Also**")[1]).toContain("`orders.create`: requires an idempotency key now");
}, 120_000);

it("refuses a description without operations in one sentence", async () => {
  const result = await diff((draft) => {
    draft.document.paths = {};
  });
  expect(result).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^\S*after\.json\S* #\/paths\n {2}The description has no operations, so there is nothing to generate\.\n {2}To fix: give the whole API description\.\n$/,
    ),
  });
}, 120_000);
