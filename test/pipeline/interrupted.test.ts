import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createProject, generatedProject, type Project, run, THINGS, temporaryFolder } from "./project.js";

/** The number of the first change that does not reach the disk, as if the process was killed before it. */
const killed = vi.hoisted(() => ({ at: Number.POSITIVE_INFINITY, changes: 0 }));

vi.mock("node:fs", async (original) => {
  const real = (await original()) as typeof fs;
  const change =
    <Values extends unknown[], Result>(make: (...values: Values) => Result) =>
    (...values: Values): Result => {
      if (++killed.changes >= killed.at) throw new Error("killed");
      return make(...values);
    };
  const { mkdirSync, writeFileSync, renameSync, rmSync } = real;
  return {
    ...real,
    mkdirSync: change(mkdirSync as () => undefined),
    writeFileSync: change(writeFileSync),
    renameSync: vi.fn(change(renameSync)),
    rmSync: change(rmSync),
    accessSync: vi.fn(),
  };
});

// Test files share a process, so an earlier file may have loaded these modules with the real file system.
vi.resetModules();
const { commit, isInterrupted, recover, WORK_FOLDER, withLock } = await import("../../scripts/lib/commit.js");

beforeEach(() => {
  killed.at = Number.POSITIVE_INFINITY;
  killed.changes = 0;
});

const OLD = { "a.txt": "old a", "b/c.txt": "old c", "gone.txt": "old" };
const NEW = { "a.txt": "new a", "b/c.txt": "new c", "d/e.txt": "new e" };

function folderOf(texts: Record<string, string>): string {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(texts)) {
    fs.mkdirSync(join(root, name, ".."), { recursive: true });
    fs.writeFileSync(join(root, name), text);
  }
  return root;
}

/** Every file of a folder, including the work folder. */
function contentOf(root: string): Record<string, string> {
  const names = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, fs.readFileSync(join(root, path), "utf8")]));
}

function commitNew(root: string): void {
  commit(root, new Map(Object.entries(NEW)), ["gone.txt"]);
}

/** The folder after a commit that was killed before the change with this number, or `undefined` when there are fewer changes. */
function killedBefore(change: number): string | undefined {
  const root = folderOf(OLD);
  killed.changes = 0;
  killed.at = change;
  try {
    commitNew(root);
    return undefined;
  } catch {
    return root;
  } finally {
    killed.at = Number.POSITIVE_INFINITY;
  }
}

describe("a run that is killed while it writes", () => {
  it("has either changed nothing or is finished by the next run, at every point of the kill, and leaves no temporary file", () => {
    const seen = new Set<string>();
    let kills = 0;
    for (let root = killedBefore(1); root !== undefined; root = killedBefore(kills + 1)) {
      kills++;
      const wasInterrupted = isInterrupted(root);
      if (!wasInterrupted) {
        const { "a.txt": a, "b/c.txt": c } = contentOf(root);
        expect([
          [OLD["a.txt"], OLD["b/c.txt"]],
          [NEW["a.txt"], NEW["b/c.txt"]],
        ]).toContainEqual([a, c]);
      }
      recover(root);
      const after = contentOf(root);
      expect([OLD, NEW]).toContainEqual(after);
      seen.add(after === undefined ? "" : `${wasInterrupted} ${after["a.txt"]}`);
    }
    expect(kills).toBeGreaterThan(12);
    expect([...seen].sort()).toEqual(["false new a", "false old a", "true new a"]);
  });

  it("and that is killed again during recovery is finished by the run after that", () => {
    for (let change = 8; change < 16; change++) {
      const root = killedBefore(change);
      if (root === undefined || !isInterrupted(root)) continue;
      for (let again = 1; isInterrupted(root); again++) {
        killed.changes = 0;
        killed.at = again;
        try {
          recover(root);
        } catch {
          // The run is killed again, one change later each time.
        }
        killed.at = Number.POSITIVE_INFINITY;
      }
      recover(root);
      expect(contentOf(root)).toEqual(NEW);
    }
  });

  it("changes nothing when one of the folders cannot be written to", () => {
    const root = folderOf(OLD);
    const access = vi.mocked(fs.accessSync).mockImplementation((path) => {
      if (String(path).endsWith("/b")) throw Object.assign(new Error("EACCES"), { code: "EACCES", syscall: "access" });
    });
    expect(() => commitNew(root)).toThrow("EACCES");
    access.mockReset();
    expect(contentOf(root)).toEqual(OLD);
  });

  it("changes nothing when the disk is full before all files are staged", () => {
    const root = folderOf(OLD);
    const full = new Map([...Object.entries(NEW), ["x".repeat(300), "a name that no file system takes"]]);
    expect(() => commit(root, full, [])).toThrow();
    expect(contentOf(root)).toEqual(OLD);
  });
});

describe("--check after a run that was killed while it wrote", () => {
  it("reports it and writes nothing, and the next run finishes it first", async () => {
    const project = await generatedProject();
    project.write(`${WORK_FOLDER}/plan.json`, JSON.stringify({ written: ["src/generated/types.ts"], removed: [] }));
    project.write(`${WORK_FOLDER}/staged/src/generated/types.ts`, "// half");
    const before = contentOf(project.root);
    const { code, stderr } = await run(project, ["--check"]);
    expect(code).toBe(1);
    expect(stderr).toContain("interrupted  an earlier run was ended while it wrote; the next one finishes it\n");
    expect(contentOf(project.root)).toEqual(before);
    expect(await run(project)).toMatchObject({ code: 0, stdout: expect.stringContaining("1 file written") });
    expect(fs.existsSync(project.path(".tmp"))).toBe(false);
    expect((await run(project, ["--check"])).code).toBe(0);
  }, 120_000);
});

describe("two runs at once", () => {
  let project: Project;
  beforeEach(() => {
    project = createProject(THINGS);
  });

  it("in one folder: the second ends with one message, and the first is not affected", async () => {
    const outcomes = await Promise.all([run(project), run(project)]);
    const [first, second] = outcomes.sort((a, b) => a.code - b.code);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(second?.code).toBe(1);
    expect(second?.stderr).toMatch(
      /^\.tmp\/generate\/lock\n {2}Another run \(process \d+ on .*\) is generating in this folder\.\n {2}To fix: wait/,
    );
    expect(fs.existsSync(project.path(".tmp"))).toBe(false);
    expect((await run(project, ["--check"])).code).toBe(0);
  }, 120_000);

  it("replace the lock of a process that has ended, and an invalid lock", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    for (const text of [JSON.stringify({ pid, host: hostname() }), "", "{"]) {
      project.write(`${WORK_FOLDER}/lock`, text);
      expect(await withLock(project.root, () => "done")).toBe("done");
      expect(fs.existsSync(project.path(".tmp"))).toBe(false);
    }
  });

  it("respect the lock of a running process and of another machine, and do not change it", async () => {
    for (const owner of [
      { pid: process.pid, host: hostname() },
      { pid: 1, host: "elsewhere" },
    ]) {
      project.write(`${WORK_FOLDER}/lock`, JSON.stringify(owner));
      await expect(withLock(project.root, () => "done")).rejects.toThrow(`process ${owner.pid} on ${owner.host}`);
      expect(project.read(`${WORK_FOLDER}/lock`)).toBe(JSON.stringify(owner));
    }
  });

  it("an abandoned lock that cannot be removed ends the run with a message, not with another attempt", async () => {
    project.write(`${WORK_FOLDER}/lock`, "");
    const rename = vi.mocked(fs.renameSync).mockImplementation(() => {
      throw Object.assign(new Error("EPERM: operation not permitted"), { code: "EPERM", syscall: "rename" });
    });
    onTestFinished(() => void rename.mockReset());
    // An end for attempts that would have none.
    killed.at = killed.changes + 1_000;
    await expect(withLock(project.root, () => "done")).rejects.toThrow(
      ".tmp/generate/lock\n  An earlier run left this file, and it cannot be removed: EPERM: operation not permitted.\n  To fix: ",
    );
    expect(project.read(`${WORK_FOLDER}/lock`)).toBe("");
  });

  it("take an abandoned lock one at a time", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    project.write(`${WORK_FOLDER}/lock`, JSON.stringify({ pid, host: hostname() }));
    let inside = 0;
    const enter = () =>
      withLock(project.root, async () => {
        expect(++inside).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      }).then(
        () => "done",
        () => "busy",
      );
    const outcomes = await Promise.all(Array.from({ length: 20 }, enter));
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  });
});

it("removes only the work folder of a run that was killed", async () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const [dead, alive] = [pid, process.pid].map((owner) => fs.mkdtempSync(join(tmpdir(), `sfc-generate-${owner}-`)));
  await run(createProject({ spec: "" }));
  expect([dead, alive].map((folder) => fs.existsSync(folder ?? ""))).toEqual([false, true]);
  fs.rmSync(alive ?? "", { recursive: true });
});

describe("--out to a place where no folder can be created", () => {
  const isLinux = process.platform === "linux";

  async function refusal(out: string): Promise<string> {
    const project = createProject(THINGS);
    const before = contentOf(project.root);
    const { code, stderr, stdout } = await run(project, ["--out", out]);
    expect({ code, stdout, tree: contentOf(project.root) }).toEqual({ code: 1, stdout: "", tree: before });
    return stderr;
  }

  it.runIf(isLinux)(
    "ends at once with a message: in /proc, in a device, and with a name that is too long",
    async () => {
      expect(await refusal("/proc/copy/of/it")).toMatch(
        /^\/proc\/copy\n {2}ENOENT: no such file or directory, mkdir '\/proc\/copy'\. Nothing was changed\.\n {2}To fix: /,
      );
      expect(await refusal("/dev/null/copy")).toMatch(/ENOTDIR: not a directory, .*\. Nothing was changed/);
      expect(await refusal("x".repeat(300))).toContain("ENAMETOOLONG: name too long");
    },
  );

  it("ends in the same way in a file", async () => {
    expect(await refusal("openapi/sdk.yaml/copy")).toContain("ENOTDIR: not a directory");
  });

  it("and leaves no folder behind when the description is refused", async () => {
    const project = createProject({ spec: "" });
    expect((await run(project, ["--out", "some/where/copy"])).code).toBe(1);
    expect(fs.existsSync(project.path("some"))).toBe(false);
  });
});
