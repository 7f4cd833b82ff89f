import { listOfNames } from "../generate/docs.js";
import type { ErrorModel } from "../generate/model.js";
import type { Pair } from "./compare-operations.js";
import type { Entry } from "./entry.js";

/** Errors that methods declare anew or no more; one entry for all methods that it happened to. */
export function compareStatuses(pairs: readonly Pair[]): Entry[] {
  const added = pairs.flatMap(({ before, after }) => missing(after.model.errors, before.model.errors, after.name));
  const gone = pairs.flatMap(({ before, after }) => missing(before.model.errors, after.model.errors, after.name));
  return [
    ...group(added, "status-new", "minor", "can now fail with"),
    ...group(gone, "status-gone", "patch", "is not said to fail any more with"),
  ];
}

interface Found {
  readonly what: string;
  readonly method: string;
}

function missing(these: readonly ErrorModel[], others: readonly ErrorModel[], method: string): Found[] {
  const known = new Set(others.map(({ status }) => status));
  return these.filter(({ status }) => !known.has(status)).map((error) => ({ what: words(error), method }));
}

function words({ status, types }: ErrorModel): string {
  return types.length === 0 ? status : `${status} (${listOfNames(types)})`;
}

function group(found: readonly Found[], kind: Entry["kind"], impact: Entry["impact"], verb: string): Entry[] {
  return [...new Set(found.map(({ what }) => what))].map((what) => {
    const methods = found.filter((one) => one.what === what).map(({ method }) => method);
    const [only = ""] = methods;
    const subject = methods.length === 1 ? only : `${methods.length} methods`;
    return { kind, impact, subject, clause: `${verb} ${what}`, methods };
  });
}
