import { expect, it } from "vitest";
import { violationsIn } from "./violations.js";

const hint = { code: "deprecated", severity: "Warning", message: "Query param a is deprecated" };
const breach = { code: "required", severity: "Error", message: "must have property a" };

function found(text: string) {
  return violationsIn(new Headers({ "sl-violations": text }));
}

it("returns undefined when the header is missing", () => {
  expect(violationsIn(new Headers())).toBeUndefined();
});

it("returns everything except warnings that something is deprecated", () => {
  expect(found(JSON.stringify([hint]))).toBeUndefined();
  expect(found(JSON.stringify([hint, breach]))).toBe(JSON.stringify([breach]));
  expect(found(JSON.stringify([{ ...breach, severity: "Warning" }]))).toContain("required");
  expect(found(JSON.stringify([{ ...hint, severity: "Error" }]))).toContain("deprecated");
});

it("returns the text itself when the server has truncated it", () => {
  expect(found("Too many violations! [{")).toBe("Too many violations! [{");
});
