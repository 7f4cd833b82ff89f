import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type Browser, chromium } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** How to install a browser, for a machine without one. */
export const howToGetChromium =
  "no Chromium here: `apt-get install chromium` (Debian), or name one in the variable CHROMIUM, then run this again";

/** The browser that `CHROMIUM` names, or one in a usual place. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return environment.CHROMIUM ?? places.find((place) => existsSync(place));
}

/** Starts a browser that asks for nothing by itself: neither updates nor components. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** The file of a path, whose ending a page may leave out. */
async function findFile(folder: string, path: string): Promise<string | undefined> {
  for (const name of [path, `${path}.html`, `${path}/index.html`]) {
    const file = join(folder, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return undefined;
}

/** Serves a folder on loopback, with some pages that exist only in memory. */
export async function serveFolder(
  folder: string,
  pages: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = "/" }, response) => {
    const path = normalize(decodeURIComponent(new URL(url, "http://x").pathname));
    const file = path in pages ? undefined : await findFile(folder, path);
    const content = pages[path] ?? (file && (await readFile(file)));
    const type = file === undefined ? ".html" : extname(file);
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": types[type] ?? "application/octet-stream",
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
