import { describe, expect, test } from "vitest";
import { fits, judge } from "../../scripts/licences/judge.js";

const tool = { name: "a-tool", version: "1.0.0", isShipped: false };

describe("a licence", () => {
  test("is judged more strictly for what is shipped", () => {
    expect(judge({ ...tool, licence: "MPL-2.0" })).toBeUndefined();
    expect(judge({ ...tool, licence: "MPL-2.0", isShipped: true })).toBe("a-tool 1.0.0: MPL-2.0, and it is shipped");
  });

  test("that is missing or unknown does not fit", () => {
    expect(judge({ ...tool, licence: undefined })).toBe("a-tool 1.0.0: names no licence");
    expect(judge({ ...tool, licence: "SSPL-1.0" })).toBe("a-tool 1.0.0: SSPL-1.0");
  });

  test("may be chosen where several are offered, and must be kept where several hold", () => {
    const allowed = new Set(["MIT", "ISC"]);
    expect(fits("(GPL-3.0 OR MIT)", allowed)).toBe(true);
    expect(fits("MIT AND ISC", allowed)).toBe(true);
    expect(fits("MIT AND GPL-3.0", allowed)).toBe(false);
  });
});
