/** The calls that the API's documentation shows as curl commands, updated where the API has changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SfcClient } from "../../src/index.js";
import { parseCurl } from "./curl.js";
import { contractMock } from "./mock.js";
import { startRecorder } from "./recorder.js";

let recorder: Awaited<ReturnType<typeof startRecorder>>;
let sfc: SfcClient;

beforeAll(async () => {
  recorder = await startRecorder((await contractMock()).url);
  sfc = new SfcClient({ baseUrl: recorder.url, token: "token" });
});
afterAll(() => recorder?.close());
beforeEach(() => {
  recorder.requests.length = 0;
});

/** Headers that the client or its runtime adds to what the samples show. */
const ownHeaders = [
  "accept",
  "accept-encoding",
  "accept-language",
  "connection",
  "content-length",
  "host",
  "idempotency-key",
  "sec-fetch-mode",
  "user-agent",
];

async function expectSameRequest(command: string, call: () => PromiseLike<unknown>): Promise<void> {
  const wanted = parseCurl(command);
  await call();
  expect(recorder.requests).toHaveLength(1);
  const [sent] = recorder.requests;
  if (sent === undefined) throw new Error("nothing was sent");
  expect(sent.violations).toBeUndefined();
  expect({ method: sent.method, target: sent.target, body: sent.body }).toEqual({
    method: wanted.method,
    target: wanted.target,
    body: wanted.body,
  });
  const shown = Object.entries(sent.headers).filter(([name]) => name in wanted.headers || !ownHeaders.includes(name));
  expect(Object.fromEntries(shown)).toEqual(wanted.headers);
}

describe("the documented calls are sent byte for byte", () => {
  test("batch update", () =>
    expectSameRequest(
      `curl --request PATCH \\
        --url https://api.sfcompute.com/preview/v2/instances \\
        --header 'Authorization: Bearer token' \\
        --header 'Content-Type: application/json' \\
        --data '
        {
          "data": [
            { "id": "inst_4RruKo863j9AdzPlu87af", "priority_level": "critical" },
            { "id": "vm_8sT2kQvLm7Zp1Yw5Jd8Fa", "priority_level": "yield" }
          ]
        }
        '`,
      () =>
        sfc.instances.batchUpdate({
          data: [
            { id: "inst_4RruKo863j9AdzPlu87af", priority_level: "critical" },
            { id: "vm_8sT2kQvLm7Zp1Yw5Jd8Fa", priority_level: "yield" },
          ],
        }),
    ));

  const replacement = {
    image: "image_6yV0pXk2RtQw9sLmB3Hza",
    cloud_init_user_data: "IyEvYmluL3NoCmVjaG8gaGVsbG8K",
    name: "trainer-next",
  };
  const replaceCurl = (id: string, header = "") => `curl --request POST \\
    --url https://api.sfcompute.com/preview/v2/instances/${id}/replace \\
    --header 'Authorization: Bearer token' \\
    --header 'Content-Type: application/json' \\
    ${header} \\
    --data '
    {
      "image": "image_6yV0pXk2RtQw9sLmB3Hza",
      "cloud_init_user_data": "IyEvYmluL3NoCmVjaG8gaGVsbG8K",
      "name": "trainer-next"
    }
    '`;

  test("replace, by id", () =>
    expectSameRequest(replaceCurl("inst_4RruKo863j9AdzPlu87af"), () =>
      sfc.instances.replace("inst_4RruKo863j9AdzPlu87af", replacement),
    ));

  test("replace, by resource path, with a key", () =>
    expectSameRequest(
      replaceCurl("sfc:instance:acme:research:trainer-2", "--header 'Idempotency-Key: redeploy-17'"),
      () =>
        sfc.instances.replace("sfc:instance:acme:research:trainer-2", replacement, { idempotencyKey: "redeploy-17" }),
    ));

  test("create", () =>
    expectSameRequest(
      `curl --request POST \\
        --url https://api.sfcompute.com/preview/v2/instances \\
        --header 'Authorization: Bearer token' \\
        --header 'Content-Type: application/json' \\
        --data '
        {
          "pool": "pool_3nD8kR5tYw1QxZ7vLbC2m",
          "image": "sfc:image:acme:research:ubuntu",
          "instance_sku": "isku_9fG4hJ6kM2nP8qR1sT5vX",
          "name": "trainer-9",
          "cloud_init_user_data": "IyEvYmluL3NoCmVjaG8gaGVsbG8K",
          "tags": { "env": "prod", "team": "infra" },
          "_preview_enable_infiniband": false
        }
        '`,
      () =>
        sfc.instances.create({
          pool: "pool_3nD8kR5tYw1QxZ7vLbC2m",
          image: "sfc:image:acme:research:ubuntu",
          instance_sku: "isku_9fG4hJ6kM2nP8qR1sT5vX",
          name: "trainer-9",
          cloud_init_user_data: "IyEvYmluL3NoCmVjaG8gaGVsbG8K",
          tags: { env: "prod", team: "infra" },
          _preview_enable_infiniband: false,
        }),
    ));

  const listCurl = (query = "") => `curl --request GET \\
    --url https://api.sfcompute.com/preview/v2/instances${query} \\
    --header 'Authorization: Bearer token'`;

  test("list", () => expectSameRequest(listCurl(), () => sfc.instances.list()));

  test("list with a repeated status, tags whose = is escaped, and a workspace by path", () =>
    expectSameRequest(
      listCurl(
        "?workspace=sfc%3Aworkspace%3Aacme%3Aresearch&status=running&status=failed&tag=env%3Dprod&tag=team%3Dinfra&tag_key=owner&limit=20",
      ),
      () =>
        sfc.instances.list({
          workspace: "sfc:workspace:acme:research",
          status: ["running", "failed"],
          tag: ["env=prod", "team=infra"],
          tag_key: ["owner"],
          limit: 20,
        }),
    ));
});
