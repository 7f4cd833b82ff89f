import { TransferError } from "../errors.js";
import { type Manifest, type ManifestStore, parseManifest } from "./manifest.js";
import { codeOf, explain, folderOf, isRunning, nodeFiles, syncFolder } from "./node-file.js";

/** Distinguishes the temporary files of uploads within one process. */
let writes = 0;

/** A manifest in a file. It is written beside itself, flushed and renamed, so that a crash leaves the old one or the new one. */
export function manifestFile(path: string): ManifestStore {
  return {
    place: path,
    read: () =>
      withRecord(path, "read", async () => {
        const text = await nodeFiles()
          .readFile(path, "utf8")
          .catch((error: unknown) => {
            if (codeOf(error) === "ENOENT") return undefined;
            throw error;
          });
        return text === undefined ? undefined : parseManifest(text, path);
      }),
    write: (manifest) =>
      withRecord(path, "written", () => replaceFile(path, `${JSON.stringify(manifest, null, 1)}\n`), manifest),
    remove: () =>
      withRecord(path, "removed", async () => {
        await nodeFiles().rm(path, { force: true });
        await removeLeftovers(path);
      }),
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  // Of this process and this write alone: two uploads of one file may write at once.
  const temporary = `${path}.${process.pid}-${++writes}.new`;
  try {
    const file = await nodeFiles().open(temporary, "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await nodeFiles().rename(temporary, path);
  } catch (error) {
    await nodeFiles()
      .rm(temporary, { force: true })
      .catch(() => undefined);
    throw error;
  }
  await syncFolder(path);
}

/** Temporary files of processes that were killed while they wrote. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = folderOf(path);
  const names = await nodeFiles().readdir(folder);
  for (const name of names) {
    const [, pid] = /\.(\d+)-\d+\.new$/.exec(name) ?? [];
    const isOfRecord = pid !== undefined && path.endsWith(name.slice(0, name.lastIndexOf(`.${pid}-`)));
    if (isOfRecord && !isRunning(Number(pid))) await nodeFiles().rm(`${folder}/${name}`, { force: true });
  }
}

/** Errors of the file system become `TransferError`s that name the record. */
async function withRecord<T>(path: string, verb: string, work: () => Promise<T>, manifest?: Manifest): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined || TransferError.is(error)) throw error;
    const message = `the upload's record ${path} cannot be ${verb}: ${explain(error)}. Name another file in \`resume\`, or set \`resume: false\`.`;
    throw new TransferError("record", message, manifest?.imageId, { path, cause: error });
  }
}
