import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { portableSha256 } from "../../src/workflows/portable-sha256.js";
import { sha256, sha256Hex } from "../../src/workflows/runtime.js";

test("the portable hash equals Node's for any bytes in any pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
      const hash = portableSha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.hex()).toBe(createHash("sha256").update(Buffer.concat(pieces)).digest("hex"));
    }),
  );
});

test.each([55, 56, 63, 64, 65, 119, 120])("the portable hash pads %i bytes correctly", (length) => {
  const bytes = new Uint8Array(length).fill(97);
  const hash = portableSha256();
  hash.update(bytes);
  expect(hash.hex()).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("the runtime's hash is used when it exists, and has the same result", async () => {
  const hash = await sha256();
  hash.update(new TextEncoder().encode("abc"));
  expect(hash.hex()).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(await sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a runtime without node:crypto gets the portable hash", async () => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  expect(await sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(process.getBuiltinModule).toHaveBeenCalledWith("node:crypto");
});
