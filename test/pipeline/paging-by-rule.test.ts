import { describe, expect, it } from "vitest";
import { pagingSentence } from "../../scripts/generate/docs.js";
import type { Model } from "../../scripts/generate/model.js";
import { modelOf } from "./model-of.js";
import { fixture } from "./project.js";

const THINGS = fixture("things.yaml");

/** The small API with other paging for its list of boxes, which has no row and originally no paging. */
function boxes(parameters: string, members: string, headers = ""): Model {
  const query = parameters === "" ? "[]" : `[${parameters}]`;
  return modelOf(
    THINGS.replace("description: Lists all boxes.", `description: Lists boxes.\n      parameters: ${query}`)
      .replace("description: All of them.", `description: Boxes.${headers}`)
      .replace(
        "required: [data]\n      properties:\n        data:\n",
        `required: [data]\n      properties:\n${members}        data:\n`,
      ),
  );
}

const query = (name: string) => `{ name: "${name}", in: query, description: D., schema: { type: string } }`;
const member = (name: string, schema = "{ type: [string, 'null'] }") => `        "${name}": ${schema}\n`;

function listOf(model: Model) {
  const operation = model.operations.find(({ id }) => id === "list_boxes");
  if (operation === undefined) throw new Error("list_boxes is not generated");
  return operation;
}

describe("a list with any sign of paging is never treated as complete by rule", () => {
  it.each([
    ["page_token and next_page_token (Google)", query("page_token"), member("next_page_token")],
    ["pageToken and nextPageToken", query("pageToken"), member("nextPageToken")],
    ["a page number", query("page"), ""],
    ["per_page and total_pages", query("per_page"), member("total_pages", "{ type: integer }")],
    ["offset and limit", `${query("offset")}, ${query("limit")}`, ""],
    ["limit alone", query("limit"), ""],
    ["a cursor and next_cursor", query("cursor"), member("next_cursor")],
    ["only next in the response", "", member("next")],
    ["only has_more in the response", "", member("has_more", "{ type: boolean }")],
    ["NextToken and MaxResults (AWS)", `${query("NextToken")}, ${query("MaxResults")}`, member("NextToken")],
    ["@odata.nextLink and $skip (Microsoft)", query("$skip"), member("@odata.nextLink")],
    [
      "after and paging.next (Meta)",
      query("after"),
      member("paging", "{ type: object, properties: { next: { type: string } } }"),
    ],
    ["meta.next_cursor", "", member("meta", "{ type: object, properties: { next_cursor: { type: string } } }")],
    [
      "_links.next (HAL)",
      "",
      member("_links", "{ oneOf: [{ type: 'null' }, { type: object, properties: { next: { type: string } } }] }"),
    ],
    ["page[after] (JSON:API)", query("page[after]"), ""],
    [
      "starting_after with has_more, and no cursor to go on from (Stripe)",
      query("starting_after"),
      member("has_more", "{ type: boolean }"),
    ],
    ["starting_after without has_more", query("starting_after"), member("cursor")],
    ["half of a window of sequence numbers", `${query("seqnum_after")}, ${query("limit")}`, ""],
  ])("%s", (_, parameters, members) => {
    const model = boxes(parameters, members);
    const { descriptor, item } = listOf(model);
    expect(descriptor.paging).toBeUndefined();
    expect(item).toBeUndefined();
    expect(
      model.notices.filter((notice) => notice.startsWith("list_boxes is generated without iteration: it ")),
    ).toHaveLength(1);
  });

  it("with a Range header, or a 206 response (partial content)", () => {
    const range = boxes(query("owner").replace('"owner", in: query', "Range, in: header"), "");
    expect(listOf(range).unfollowedPages).toEqual(["takes the header `Range`"]);
    const partial = THINGS.replace(
      '"200":\n          description: All of them.',
      '"206":\n          description: Some.',
    );
    expect(listOf(modelOf(partial)).unfollowedPages).toEqual(["returns 206 (partial content)"]);
    expect(() => modelOf(partial, fixture("things.sdk.yaml"))).toThrow(
      "paging is whole, but the operation returns 206",
    );
  });

  it("with a Link header (GitHub)", () => {
    const model = boxes("", "", "\n          headers: { Link: { schema: { type: string } } }");
    expect(listOf(model).descriptor.paging).toBeUndefined();
  });
});

it("the docstring of such a list states how to request the next page", () => {
  const model = boxes(query("page_token"), member("next_page_token"));
  expect(pagingSentence(listOf(model))).toBe(
    "One page per call: it takes `page_token` and returns `next_page_token`, so repeat the call until there are no more pages.",
  );
});

it("a list without such a sign is complete, and other responses cause no notice", () => {
  const model = boxes(query("owner"), member("object"));
  expect(listOf(model).descriptor.paging).toBe("whole");
  expect(model.notices.join()).not.toContain("iteration");
});

it("a single resource in `data` is not a list", () => {
  const spec = THINGS.replace(/type: array\n {10}items:\n.*\n.*\n.*\n/, "type: object\n");
  const { descriptor } = listOf(modelOf(spec));
  expect(descriptor.paging).toBeUndefined();
});

describe("a row with `paging: whole`", () => {
  const sdk = fixture("things.sdk.yaml");
  const withRow = (parameters: string, members: string) => () =>
    modelOf(
      THINGS.replace(
        "description: Lists all boxes.",
        `description: Lists boxes.\n      parameters: [${parameters}]`,
      ).replace(
        "required: [data]\n      properties:\n        data:\n",
        `required: [data]\n      properties:\n${members}        data:\n`,
      ),
      sdk,
    );

  it.each([
    ["takes `page_token`", query("page_token"), ""],
    ["takes `limit`", query("limit"), ""],
    ["takes `starting_after`", query("starting_after"), ""],
    ["returns `next_page_token`", "", member("next_page_token")],
  ])("is refused when the operation %s", (sign, parameters, members) => {
    expect(withRow(parameters, members)).toThrow(
      `Row list_boxes: paging is whole, but the operation ${sign}: the list comes in pages.`,
    );
  });

  it("is valid when the response has only has_more, because the client throws if it is ever true", () => {
    expect(withRow("", member("has_more", "{ type: boolean }"))).not.toThrow();
  });
});
