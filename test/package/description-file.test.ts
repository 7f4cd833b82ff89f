import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { descriptionFile } from "../../packages/devtools/src/description-file.js";
import { startMockServer } from "../../packages/devtools/src/mock-server.js";
import { ownDescription } from "../../packages/devtools/src/own-description.js";

/** A folder for temporary files that no other test uses. */
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "description-file-"));
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

it("contains the package's own description until it is removed", () => {
  const folder = scratch();
  const file = descriptionFile();
  expect(readFileSync(file.path, "utf8")).toBe(ownDescription());
  file.remove();
  file.remove();
  expect(readdirSync(folder)).toEqual([]);
});

it("does not move a given file", () => {
  const folder = scratch();
  const own = descriptionFile();
  const given = descriptionFile(own.path);
  given.remove();
  expect(given.path).toBe(own.path);
  expect(readdirSync(folder)).toHaveLength(1);
});

it("a mock server that fails to start leaves no file", async () => {
  const folder = scratch();
  await expect(startMockServer({ startTimeoutMs: 1 })).rejects.toThrow("did not come up within 1 ms");
  expect(readdirSync(folder)).toEqual([]);
});
