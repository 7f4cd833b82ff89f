import { existsSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { checkLive } from "../check-live/check-live.js";
import { driftFile, printReport } from "../check-live/report.js";
import { type Command, UsageProblem } from "./command.js";
import { createProgressLine } from "./progress.js";

const CALLS = 100;
const PAUSE_MS = 200;

export const checkLiveCommand: Command = {
  summary: "compares the responses of the real service with the description; it only reads",
  usage: `Usage: sfc-preview-devtools check-live [options]

Calls every read operation that it can reach with your token, one at a time, and compares each response with the API description of this
package. It only reads: it sends GET requests and nothing else, so it changes nothing and costs nothing. Ids come from lists.

The token is the first of SF_API_KEY, SF_BEARER_TOKEN and SFC_BEARER_AUTH that is set in the environment.

  --base-url URL   the service (default: SF_BASE_URL, else the real one)
  --max-calls N    send at most N requests, retries included (default: ${CALLS})
  --out FILE       also write a report as JSON. It contains places and types, and no id, name or value: you can attach it to an issue

Exit code: 0 when everything matches, 2 when something differs, 1 when nothing could be called.`,
  async run(args, terminal) {
    const { values } = parseArgs({
      args: [...args],
      options: { "base-url": { type: "string" }, "max-calls": { type: "string" }, out: { type: "string" } },
    });
    const maxCalls = readCount(values["max-calls"]);
    const { out } = values;
    if (out !== undefined && !existsSync(dirname(resolve(out)))) {
      throw new UsageProblem(`--out: the folder of "${out}" does not exist`);
    }
    const progress = createProgressLine();
    const checked = await checkLive({
      baseUrl: values["base-url"],
      maxCalls,
      pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
      nowMs: Date.now(),
      onProgress: progress.show,
    }).finally(progress.clear);
    terminal.print(printReport(checked));
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(driftFile(checked), null, 2)}\n`);
    if (checked.some(({ drift }) => drift.length > 0)) return 2;
    return checked.some(({ statuses }) => statuses.some((status) => status < 400)) ? 0 : 1;
  },
};

function readCount(text = String(CALLS)): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 10_000) return count;
  throw new UsageProblem(`--max-calls: "${text}" is not a whole number from 1 to 10000`);
}
