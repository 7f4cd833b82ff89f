import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, howToGetChromium, launchChromium } from "../../../scripts/browser/chromium.js";
import { hardToRead } from "./look.js";
import { allPages, brokenLinks, site } from "./site.js";

const pictures = fileURLToPath(new URL("../../../node_modules/.cache/docs/", import.meta.url));
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

let browser: Browser;
beforeAll(async () => {
  if (!existsSync(site)) throw new Error("there is no site yet: npm run docs");
  const chromium = findChromium();
  if (chromium === undefined) throw new Error(howToGetChromium);
  browser = await launchChromium(chromium);
  mkdirSync(pictures, { recursive: true });
});
afterAll(() => browser?.close());

/** Opens a page from the folder, and notes what should not happen. */
async function open(file: string, options: BrowserContextOptions = {}): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => message.type() === "error" && troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on(
    "request",
    (request) => /^(file|data|blob):/.test(request.url()) || troubles.push(`leaves: ${request.url()}`),
  );
  page.on("requestfailed", (request) => troubles.push(`not found: ${request.url()}`));
  await page.goto(pathToFileURL(join(site, file)).href);
  return { page, troubles };
}

const own = () => allPages().filter((page) => !page.startsWith("sdk/"));

describe("every page", () => {
  test("has links that lead somewhere", () => {
    expect(brokenLinks()).toEqual([]);
  });

  test("opens from the folder without an error and without the network", async () => {
    const reference = ["sdk/index.html", "sdk/classes/index.Orders.html", "sdk/types/index.Instance.html"];
    const all: string[] = [];
    for (const file of [...own(), ...reference]) {
      const { page, troubles } = await open(file);
      expect(await page.title(), file).not.toBe("");
      all.push(...troubles.map((trouble) => `${file}: ${trouble}`));
      await page.context().close();
    }
    expect(all).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  test.each(Object.entries(widths))("every page reads well on a %s", async (device, viewport) => {
    const problems: string[] = [];
    for (const file of own()) {
      const { page } = await open(file, { colorScheme, viewport });
      const found = await hardToRead(page);
      problems.push(...found.map((problem) => `${file}: ${problem}`));
      if (/^(index|how-it-works|api.orders)\.html$/.test(file)) {
        await page.screenshot({
          path: join(pictures, `${file.replace("/", "-")}-${device}-${colorScheme}.png`),
          fullPage: device === "phone" && !file.startsWith("api"),
        });
      }
      await page.context().close();
    }
    expect(problems).toEqual([]);
  });
});

describe("search", () => {
  const found = async (page: Page, words: string) => {
    await page.fill("#search", words);
    return page.locator("#results a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  };

  test("finds operations by method, path and words, and sections of the guide", async () => {
    const { page } = await open("api/orders.html");
    expect((await found(page, "batchUpdate"))[0]).toBe("../api/instances.html#batchupdate");
    expect((await found(page, "instances.replace"))[0]).toBe("../api/instances.html#replace");
    expect(await found(page, "pool_transfers")).toContain("../api/pool-transfers.html#create");
    expect(await found(page, "Retry-After")).toContain("../keys-and-retries.html#how-long-it-waits");
    expect(await found(page, "idempotncy")).toContain("../keys-and-retries.html#idempotency-keys");
  });

  test("leads to what was found, by keyboard", async () => {
    const { page } = await open("index.html");
    await page.keyboard.press("/");
    await page.keyboard.type("terminate");
    await page.keyboard.press("Enter");
    await page.waitForURL(/api\/instances\.html#terminate$/);
    expect(await page.locator("#terminate").isVisible()).toBe(true);
  });

  test("says so when nothing is found", async () => {
    const { page } = await open("index.html");
    expect(await found(page, "xyzzyplugh")).toEqual([]);
    expect(await page.locator("#results").textContent()).toBe("Nothing found.");
  });

  test("works in the SDK reference too", async () => {
    const { page, troubles } = await open("sdk/index.html");
    await page.click("#tsd-search-trigger");
    await page.keyboard.type("PaginationError");
    await page.waitForSelector("#tsd-search-results li a");
    expect(await page.locator("#tsd-search-results").textContent()).toContain("PaginationError");
    expect(troubles).toEqual([]);
  });
});
