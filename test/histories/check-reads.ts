/** Checks what lists, logs, downloads and batches have returned. */
import { createHash } from "node:crypto";
import type { Evidence, Violation } from "./check.js";
import type { Result } from "./messages.js";
import { imageBytes } from "./perform-images.js";
import type { Run, SentRequest } from "./record.js";
import { logLines } from "./run.js";

export function checkReads({ history, simulator, scene }: Evidence): Violation[] {
  const images = new Map(simulator.state.images.map((image) => [image.id, image]));
  const stale = staleSteps(history.requests);
  return history.runs.flatMap((run): Violation[] => {
    const { step, end } = run;
    if (end?.as !== "ok") return [];
    const wrong = (rule: string, text: string): Violation[] => [{ rule, text, steps: [step.id] }];
    const { rows = [], sha256 } = end.result;
    switch (step.kind) {
      case "list":
        // A stale page contains an older state of the list.
        return stale.has(step.id) ? [] : checkRows(run, end.result).flatMap((text) => wrong("rows once", text));
      case "logs":
        // The instance itself writes more lines later.
        return rows.join("").startsWith(logLines.join("")) && new Set(rows).size === rows.length
          ? []
          : wrong("log lines once", rows.join(""));
      case "download": {
        const known = images.get(scene.image)?.sha256;
        const differs = rows[0] !== sha256 || (known != null && known !== sha256);
        return differs ? wrong("verified bytes", `returned ${sha256}, on disk ${rows[0]}, the service's ${known}`) : [];
      }
      case "upload":
      case "upload file": {
        const { upload_status, sha256: stored } = images.get(end.result.id ?? "") ?? {};
        const expected = createHash("sha256").update(imageBytes(step.key)).digest("hex");
        return upload_status === "completed" && stored === expected
          ? []
          : wrong("completed uploads", `${end.result.id} is ${upload_status} with the hash ${stored}, not ${expected}`);
      }
      case "batch": {
        const asked = step.instances.map((index) => `${scene.instances[index]} ${step.priority}`);
        return rows.join() === asked.join() ? [] : wrong("whole batches", `${rows.join()} instead of ${asked.join()}`);
      }
      case "order":
      case "transfer": {
        const final = ["filled", "cancelled", "rejected", "executed"];
        const { status } = end.result;
        return status === undefined || final.includes(status) ? [] : wrong("final states", `it is ${status}`);
      }
      default:
        return [];
    }
  });
}

function checkRows({ before, after = [] }: Run, { rows = [] }: Result): string[] {
  const problems: string[] = [];
  const twice = rows.filter((id, index) => rows.indexOf(id) !== index);
  if (twice.length > 0) problems.push(`${twice.join(", ")} came twice`);
  const missing = before.filter((id) => !rows.includes(id));
  if (missing.length > 0) problems.push(`${missing.join(", ")} did not come`);
  const unknown = rows.filter((id) => !after.includes(id));
  if (unknown.length > 0) problems.push(`${unknown.join(", ")} came, and never existed`);
  return problems;
}

function staleSteps(requests: readonly SentRequest[]): Set<string> {
  return new Set(requests.filter(({ fault }) => fault?.kind === "stale").map(({ step }) => step));
}
