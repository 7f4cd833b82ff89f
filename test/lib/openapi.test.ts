import fc from "fast-check";
import { expect, it } from "vitest";
import { atPointer, fromPointer, toPointer } from "../../scripts/lib/openapi.js";

it("finds each value by the pointer of its path, whatever its name contains", () => {
  for (const name of ["a/b", "~1", "%", "50%25", "a b", "é"]) {
    expect(atPointer({ paths: { [name]: "here" } }, toPointer(["paths", name]))).toBe("here");
  }
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", minLength: 1 })), (path) => {
      expect(fromPointer(toPointer(path))).toEqual(path);
    }),
  );
});
