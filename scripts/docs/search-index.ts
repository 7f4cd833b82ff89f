import type { GuidePage } from "./guide.js";
import { slug } from "./html.js";
import { type Api, rawCall } from "./read-api.js";

/** One thing that can be found. */
export interface SearchEntry {
  readonly id: number;
  readonly title: string;
  readonly href: string;
  /** Told below the title. */
  readonly place: string;
  readonly words: string;
}

/** Every section of the guide and every operation. The SDK reference has its own search. */
export function searchIndex(guide: readonly GuidePage[], api: Api): SearchEntry[] {
  const sections = guide.flatMap(({ title, href, headings }) =>
    headings.map(({ text, id, words }) => ({ title: text, href: `${href}#${id}`, place: `Guide: ${title}`, words })),
  );
  const operations = api.model.resources.flatMap(({ file, operations: all }) =>
    all.map((operation) => {
      const { id, descriptor } = operation;
      const { name, method, path } = descriptor;
      const raw = rawCall(api, operation);
      const words = [raw.summary, id, path, operation.description, ...raw.parameters.map((each) => each.name)].join(
        " ",
      );
      return { title: name, href: `api/${file}.html#${slug(operation.method)}`, place: `${method} ${path}`, words };
    }),
  );
  return [...operations, ...sections].map((entry, id) => ({ id, ...entry }));
}

/** As a script, because a page that was opened from a folder may not fetch a file. */
export function printSearchIndex(entries: readonly SearchEntry[]): string {
  return `var siteIndex = ${JSON.stringify(entries)};\n`;
}
