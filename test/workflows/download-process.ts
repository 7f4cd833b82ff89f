/**
 * Downloads an image in its own process, for tests that kill it: `node --import tsx download-process.ts URL TOKEN IMAGE PATH`.
 * Prints the number of bytes after each piece, then `done` or the error's reason.
 */
import { SfcClient } from "../../src/index.js";
import { downloadImage, TransferError } from "../../src/workflows.js";

const [baseUrl = "", token = "", image = "", path = ""] = process.argv.slice(2);
const sfc = new SfcClient({ baseUrl, token });
try {
  await downloadImage(sfc, image, path, { onProgress: ({ doneBytes }) => console.log(doneBytes) });
  console.log("done");
} catch (error) {
  console.log(TransferError.is(error) ? error.reason : String(error));
}
