/** The pages of the guide in reading order, as the sidebar groups them. The first is where the site begins. */
export const groups = [
  {
    text: "Guide",
    pages: [
      "index",
      "authentication",
      "lists",
      "keys-and-retries",
      "errors",
      "timeouts",
      "options",
      "middleware",
      "paths",
    ],
  },
  { text: "Workflows", pages: ["workflows", "buying", "creating-once", "images", "waiting", "logs"] },
  { text: "In production", pages: ["testing", "transport", "proxies", "observing", "updating"] },
  { text: "The project", pages: ["how-it-works", "regenerating"] },
] as const;

export const guidePages = groups.flatMap(({ pages }) => [...pages]);

/** The text of the first heading. */
export function pageTitle(markdown: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll("`", "") ?? "";
}
