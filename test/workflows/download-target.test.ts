import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import files, {
  appendFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type DownloadOptions, downloadImage, uploadImage } from "../../src/workflows.js";
import type { Fetch } from "../../src/wrappers/options.js";
import { bytesOf, folder, hashOf } from "./files.js";
import { errorOf, type Stage, stage } from "./support.js";

const bytes = bytesOf(300_000);

afterEach(() => void vi.restoreAllMocks());

interface Scene extends Stage {
  readonly id: string;
  readonly path: string;
  /** Every requested range. */
  readonly ranges: (string | undefined)[];
  download(more?: DownloadOptions): Promise<unknown>;
}

async function scene(): Promise<Scene> {
  const base = await stage();
  const { sfc, runtime } = base;
  const { id } = await uploadImage(sfc, new Blob([bytes]), {
    workspace: "sfc:workspace:acme:default",
    name: "fresh",
    runtime,
  });
  const path = join(await folder(), "image");
  const ranges: (string | undefined)[] = [];
  const noting: Fetch = (url, init) => {
    ranges.push((init.headers as Record<string, string>).range);
    return fetch(url, init);
  };
  const download = (more: DownloadOptions = {}) => downloadImage(sfc, id, path, { runtime, fetch: noting, ...more });
  return { ...base, id, path, ranges, download };
}

/** The names of the files in the folder of the target. */
function listed({ path }: Scene): Promise<string[]> {
  return readdir(dirname(path));
}

/** A `fetch` whose first response waits until `open` is called. */
function gated(): { fetch: Fetch; reached: Promise<void>; open: () => void } {
  const reached = promise();
  const gate = promise();
  const fetch: Fetch = async (url, init) => {
    reached.resolve();
    await gate.done;
    return globalThis.fetch(url, init);
  };
  return { fetch, reached: reached.done, open: gate.resolve };
}

function promise(): { done: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { done, resolve };
}

/** Runs `work` once: after the first piece that reaches `doneBytes`, and before the next piece is read. */
function during(doneBytes: number, work: () => Promise<unknown>): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const whole = new Uint8Array(await response.arrayBuffer());
    const pieces = [whole.subarray(0, doneBytes), whole.subarray(doneBytes)];
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const piece = pieces.shift();
      if (pieces.length === 0) await work();
      if (piece && piece.length > 0) controller.enqueue(piece);
      if (pieces.length === 0) controller.close();
    };
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), response);
  };
}

describe("two downloads into one path", () => {
  test("the second is refused as busy while the first runs, and the file of the first is complete", async () => {
    const it = await scene();
    const { fetch, reached, open } = gated();
    const first = it.download({ fetch });
    await reached;
    const error = await errorOf(it.download());
    expect(error).toMatchObject({ name: "TransferError", reason: "busy", imageId: it.id, path: it.path });
    expect((error as Error).message).toContain(it.path);
    open();
    await first;
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
    expect(await listed(it)).toEqual(["image"]);
  });

  test("one succeeds and the other is refused when both start at the same time, and the file is complete", async () => {
    const it = await scene();
    const results = await Promise.allSettled([it.download(), it.download(), it.download()]);
    const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => ["busy", "exists"].includes(reason.reason))).toEqual([true, true]);
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
    expect(await listed(it)).toEqual(["image"]);
  });

  test("a running process keeps its partial file, and after SIGKILL the next process continues it", async () => {
    const it = await scene();
    it.sim.faults.add({ operation: "download_bytes", nth: 1, fault: { kind: "stall", at: "body" } });
    const child = start(it);
    await printed(child, (line) => line === "150000");
    expect(await errorOf(it.download())).toMatchObject({ reason: "busy" });
    child.kill("SIGKILL");
    await once(child, "exit");
    await it.download();
    expect(it.ranges).toEqual(["bytes=150000-"]);
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
    expect(await listed(it)).toEqual(["image"]);
  });
});

function start({ sim, id, path }: Scene): ChildProcess {
  const program = fileURLToPath(new URL("./download-process.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program, sim.url, sim.token, id, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function printed({ stdout }: ChildProcess, isAwaited: (line: string) => boolean): Promise<void> {
  if (stdout === null) throw new Error("the process has no output");
  for await (const line of createInterface(stdout)) if (isAwaited(line)) return;
  throw new Error("the process ended first");
}

describe("the owner of a partial file", () => {
  const ended = spawnSync(process.execPath, ["--version"]).pid;

  test.each([
    ["a process that has ended", JSON.stringify({ pid: ended, started: "1", system: "SYSTEM" })],
    [
      "a process whose id belongs to another one now",
      JSON.stringify({ pid: process.pid, started: "1", system: "SYSTEM" }),
    ],
  ])("%s does not block the next download", async (_, owner) => {
    const it = await scene();
    await writeFile(`${it.path}.part`, bytes.subarray(0, 1_000));
    await writeFile(`${it.path}.part.lock`, owner.replace("SYSTEM", await systemOf(it)));
    await it.download();
    expect(it.ranges).toEqual(["bytes=1000-"]);
    expect(await listed(it)).toEqual(["image"]);
  });

  test.each([
    ["on another machine", JSON.stringify({ pid: 1, started: "1", system: "elsewhere" })],
    ["that has not written its name yet", ""],
  ])("%s blocks it until the lock is old", async (_, owner) => {
    const it = await scene();
    const lock = `${it.path}.part.lock`;
    await writeFile(lock, owner);
    const now = Date.now();
    const runtime = { ...it.runtime, dateMs: () => now };
    const error = await errorOf(it.download({ runtime }));
    expect(error).toMatchObject({ reason: "busy" });
    expect((error as Error).message).toContain(lock);
    expect(await readFile(lock, "utf8")).toBe(owner);
    await it.download({ runtime: { ...runtime, dateMs: () => now + 3_600_000 } });
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });
});

/** The name that a download writes for this machine in its lock. */
async function systemOf(it: Scene): Promise<string> {
  const path = join(await folder(), "other");
  const { fetch, reached, open } = gated();
  const download = downloadImage(it.sfc, it.id, path, { runtime: it.runtime, fetch });
  await reached;
  const lock = JSON.parse(await readFile(`${path}.part.lock`, "utf8")) as { system: string };
  open();
  await download;
  expect(lock.system).not.toBe(process.platform === "linux" ? hostname() : "");
  return lock.system;
}

describe("a partial file that changes during the download", () => {
  test("bytes that are appended to it meanwhile do not reach the target", async () => {
    const it = await scene();
    await it.download({ fetch: during(100_000, () => appendFile(`${it.path}.part`, "foreign")) });
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });

  test.each([
    [
      "overwritten",
      async (part: string) =>
        files.open(part, "r+").then(async (file) => {
          await file.write("foreign", 500);
          await file.close();
        }),
    ],
    ["truncated", (part: string) => truncate(part, 10)],
    ["followed by more bytes than the image has", (part: string) => appendFile(part, new Uint8Array(400_000))],
    ["removed", (part: string) => rm(part)],
    [
      "replaced",
      async (part: string) => {
        await rm(part);
        await writeFile(part, "another process's");
      },
    ],
  ])("a file that is %s does not become the target", async (change, work) => {
    const it = await scene();
    const error = await errorOf(it.download({ fetch: during(100_000, () => work(`${it.path}.part`)) }));
    expect(error).toMatchObject({ name: "TransferError", path: it.path });
    expect(existsSync(it.path)).toBe(false);
    if (change === "replaced") expect(await readFile(`${it.path}.part`, "utf8")).toBe("another process's");
    await rm(`${it.path}.part`, { force: true });
    await it.download();
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });

  test("a symbolic link is not followed", async () => {
    const it = await scene();
    const precious = join(await folder(), "precious");
    await writeFile(precious, "precious");
    await symlink(precious, `${it.path}.part`);
    const error = await errorOf(it.download());
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path: it.path });
    expect((error as Error).message).toContain(`${it.path}.part`);
    expect(await readFile(precious, "utf8")).toBe("precious");
    expect(it.ranges).toEqual([]);
  });

  test("the other name of a hard link is not written to", async () => {
    const it = await scene();
    const precious = join(dirname(it.path), "precious");
    await writeFile(precious, "precious");
    await link(precious, `${it.path}.part`);
    await it.download();
    expect(await readFile(precious, "utf8")).toBe("precious");
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });
});

describe("the target", () => {
  test("is not overwritten, which is checked before a byte is requested", async () => {
    const it = await scene();
    await writeFile(it.path, "precious");
    const error = await errorOf(it.download());
    expect(error).toMatchObject({ name: "TransferError", reason: "exists", path: it.path });
    expect((error as Error).message).toContain("overwrite: true");
    expect(await readFile(it.path, "utf8")).toBe("precious");
    expect([it.ranges, await listed(it)]).toEqual([[], ["image"]]);
  });

  test("is not overwritten when it appears during the download, and the downloaded bytes are kept", async () => {
    const it = await scene();
    const error = await errorOf(it.download({ fetch: during(100_000, () => writeFile(it.path, "precious")) }));
    expect(error).toMatchObject({ reason: "exists" });
    expect(await readFile(it.path, "utf8")).toBe("precious");
    expect(hashOf(await readFile(`${it.path}.part`))).toBe(hashOf(bytes));
  });

  test("is replaced with `overwrite: true`", async () => {
    const it = await scene();
    await writeFile(it.path, "old");
    await it.download({ overwrite: true });
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
    expect(await listed(it)).toEqual(["image"]);
  });

  test("is created also on a file system without hard links", async () => {
    const it = await scene();
    vi.spyOn(files, "link").mockRejectedValue(systemError("EPERM"));
    await it.download();
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });

  // A download to /dev/null, to verify an image only, must not replace the device.
  test.skipIf(process.platform === "win32").each([
    ["a pipe", false, false],
    ["a pipe", false, true],
    ["a link to a pipe", true, false],
    ["a link to a pipe", true, true],
  ])("cannot be %s (a link: %s, overwrite: %s)", async (_, isLink, overwrite) => {
    const it = await scene();
    const pipe = isLink ? `${it.path}.pipe` : it.path;
    execFileSync("mkfifo", [pipe]);
    if (isLink) await symlink(pipe, it.path);
    const before = await lstat(it.path);
    const error = await errorOf(it.download({ overwrite }));
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path: it.path });
    expect((error as Error).message).toContain("is not a regular file");
    expect((await lstat(it.path)).ino).toBe(before.ino);
    expect(it.ranges).toEqual([]);
  });

  test.each([true, false])("cannot be a directory (overwrite: %s)", async (overwrite) => {
    const it = await scene();
    await mkdir(it.path);
    const error = await errorOf(it.download({ overwrite }));
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path: it.path });
    expect((error as Error).message).toContain("is a directory");
    expect(it.ranges).toEqual([]);
  });

  test.each(["missing/image", "file/image"])("must be in an existing folder: %s", async (place) => {
    const it = await scene();
    await writeFile(join(dirname(it.path), "file"), "");
    const path = join(dirname(it.path), place);
    const error = await errorOf(downloadImage(it.sfc, it.id, path, { runtime: it.runtime }));
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path });
    expect((error as Error).message).toContain(path);
  });

  test("requires space for the whole image, which is checked before a byte is requested", async () => {
    const it = await scene();
    const room = await files.statfs(dirname(it.path));
    vi.spyOn(files, "statfs").mockResolvedValue({ ...room, bavail: 2, bsize: 100_000 });
    const error = await errorOf(it.download());
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path: it.path });
    expect((error as Error).message).toMatch(/300000 bytes.*200000/);
    expect([it.ranges, await listed(it)]).toEqual([[], []]);
  });

  test.each(["write", "sync"] as const)("is not created when the disk is full at %s", async (operation) => {
    const it = await scene();
    const handle = await files.open(join(await folder(), "any"), "w");
    const methods = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const spy = vi.spyOn(methods, operation as "sync").mockRejectedValue(systemError("ENOSPC"));
    const error = await errorOf(it.download());
    spy.mockRestore();
    expect(error).toMatchObject({ name: "TransferError", reason: "target", path: it.path, cause: { code: "ENOSPC" } });
    expect(existsSync(it.path)).toBe(false);
    await it.download();
    expect(hashOf(await readFile(it.path))).toBe(hashOf(bytes));
  });

  test.each([undefined, null, 7, {}, "", "a\0b", new URL("file:///image")])(
    "is refused when it is %s",
    async (wrong) => {
      const it = await scene();
      const before = it.sim.requests.length;
      const error = await errorOf(downloadImage(it.sfc, it.id, wrong as string));
      expect(error).toMatchObject({ name: "UsageError" });
      expect(it.sim.requests).toHaveLength(before);
    },
  );
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the system words it`), { code });
}
