import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** How to get a browser, for whoever has none. */
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
