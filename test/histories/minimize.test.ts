import { describe, expect, test } from "vitest";
import { minimize } from "./minimize.js";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("the shortest list that still fails", () => {
  test.each([[[7]], [[0, 19]], [[3, 4, 5, 12]], [[]]])(
    "keeps only the items that the failure needs: %j",
    async (needed) => {
      const fails = async (kept: readonly number[]) => needed.every((one) => kept.includes(one));
      expect(await minimize(numbers(20), fails)).toEqual(needed);
    },
  );

  test("keeps everything when each item is needed", async () => {
    expect(await minimize(numbers(5), async () => false)).toEqual(numbers(5));
  });

  test("makes far fewer attempts than there are combinations", async () => {
    let asked = 0;
    await minimize(numbers(64), async (kept) => {
      asked += 1;
      return kept.includes(40);
    });
    expect(asked).toBeLessThan(20);
  });
});
