import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, howToGetChromium, launchChromium } from "../../../scripts/lib/browser.js";
import { hardToRead } from "./look.js";
import { allPages, brokenLinks, site } from "./site.js";

const pictures = fileURLToPath(new URL("../../../node_modules/.cache/docs/", import.meta.url));
const photographed = ["index.html", "how-it-works.html", "api/orders.html"];
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

interface Visit {
  readonly page: Page;
  /** What should not happen on any page. */
  readonly troubles: string[];
  to(file: string): Promise<void>;
}

/** A tab that opens pages from the folder. */
async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  let here = "";
  const note = (trouble: string) => void troubles.push(`${here}: ${trouble}`);
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("pageerror", (error) => note(error.message));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || note(`leaves for ${request.url()}`));
  page.on("requestfailed", (request) => note(`did not find ${request.url()}`));
  const to = async (file: string) => {
    here = file;
    await page.goto(pathToFileURL(join(site, file)).href);
  };
  return { page, troubles, to };
}

async function open(file: string): Promise<Visit> {
  const visitor = await visit();
  await visitor.to(file);
  return visitor;
}

const own = () => allPages().filter((page) => !page.startsWith("sdk/"));

describe("every page", () => {
  test("has links that lead somewhere", () => {
    expect(brokenLinks()).toEqual([]);
  });

  test("opens from the folder without an error and without the network", async () => {
    const reference = ["sdk/index.html", "sdk/classes/index.Orders.html", "sdk/types/index.Instance.html"];
    const { page, troubles, to } = await visit();
    for (const file of [...own(), ...reference]) {
      await to(file);
      expect(await page.title(), file).not.toBe("");
    }
    expect(troubles).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  test.each(Object.entries(widths))("every page reads well on a %s", async (device, viewport) => {
    const { page, to } = await visit({ colorScheme, viewport });
    const problems: string[] = [];
    for (const file of own()) {
      await to(file);
      problems.push(...(await hardToRead(page)).map((problem) => `${file}: ${problem}`));
      if (photographed.includes(file)) {
        await page.screenshot({ path: join(pictures, `${file.replace("/", "-")}-${device}-${colorScheme}.png`) });
      }
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
    expect(await found(page, "Retry-After")).toContain("../keys-and-retries.html#delays");
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
    await page.locator("#tsd-search-results a", { hasText: "PaginationError" }).first().waitFor();
    expect(troubles).toEqual([]);
  });
});
