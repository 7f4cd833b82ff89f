import fc from "fast-check";

const SURROGATES = { first: 0xd800, count: 0x800 };
const LAST = 0x10ffff - SURROGATES.count;

/** Any code point, for use as the `unit` of `fc.string`. The built-in `binary` first builds a table of all 1.1 million code points, which takes seconds. */
export const codePoint = fc.integer({ min: 0, max: LAST }).map(
  (index) => String.fromCodePoint(index < SURROGATES.first ? index : index + SURROGATES.count),
  (text) => {
    if (typeof text !== "string" || [...text].length !== 1) throw new Error("not one code point");
    const code = text.codePointAt(0) ?? 0;
    return code < SURROGATES.first ? code : code - SURROGATES.count;
  },
);
