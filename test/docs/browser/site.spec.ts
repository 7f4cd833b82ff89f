import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, howToGetChromium, launchChromium, serveFolder } from "../../support/browser.js";
import { allPages, brokenLinks, site } from "./site.js";
import { words } from "./words.js";

const pictures = fileURLToPath(new URL("../../../node_modules/.cache/docs/", import.meta.url));
const photographed = ["/", "/how-it-works", "/api/orders", "/options", "/sdk/index/classes/SfcClient"];
const widths = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const isReference = (path: string) => path.startsWith("/sdk/");

let browser: Browser;
let server: Awaited<ReturnType<typeof serveFolder>>;
beforeAll(async () => {
  if (!existsSync(site)) throw new Error("there is no site yet: npm run docs");
  const chromium = findChromium();
  if (chromium === undefined) throw new Error(howToGetChromium);
  browser = await launchChromium(chromium);
  server = await serveFolder(site);
  mkdirSync(pictures, { recursive: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

interface Visit {
  readonly page: Page;
  /** Events that must not occur on any page. */
  readonly troubles: string[];
  to(path: string): Promise<void>;
}

/** A tab that opens pages of the site. */
async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  let here = "";
  const note = (trouble: string) => void troubles.push(`${here}: ${trouble}`);
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && note(message.text()));
  page.on("pageerror", (error) => note(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith("data:"))
      note(`leaves for ${request.url()}`);
  });
  page.on("response", (response) => response.status() >= 400 && note(`${response.status()} ${response.url()}`));
  const to = async (path: string) => {
    here = path;
    await page.goto(new URL(path, server.url).href);
    // The keyboard has no effect before that.
    await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
  };
  return { page, troubles, to };
}

/** Runs in the page and returns layout problems at this width. It is text, because the helpers of the compiler do not exist in the page. */
const obstacles = `(() => {
  const problems = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.push("is " + scrollWidth + " wide on a screen of " + clientWidth);
  const blocks = [...document.querySelectorAll(".vp-doc pre")];
  for (const block of blocks) {
    if (!block.parentElement.querySelector("button.copy")) problems.push("a block without copy button: " + block.textContent.slice(0, 40));
  }
  for (const heading of document.querySelectorAll(".vp-doc h2")) {
    if (!heading.querySelector("a.header-anchor")) problems.push("a heading without link: " + heading.textContent);
  }
  return problems;
})()`;

test("every internal link leads to an existing page and anchor", () => {
  expect(allPages().length).toBeGreaterThan(300);
  expect(brokenLinks()).toEqual([]);
});

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  test.each(Object.entries(widths))(
    "every page of the guide and the API has a valid layout on a %s",
    async (device, viewport) => {
      const { page, troubles, to } = await visit({ colorScheme, viewport });
      const problems: string[] = [];
      for (const path of [...allPages().filter((each) => !isReference(each)), "/sdk/index/classes/SfcClient"]) {
        await to(path);
        problems.push(...((await page.evaluate(obstacles)) as string[]).map((problem) => `${path}: ${problem}`));
        expect(await page.locator("html").evaluate((html) => html.classList.contains("dark"))).toBe(
          colorScheme === "dark",
        );
        if (photographed.includes(path)) {
          const name = `${path.replaceAll("/", "-").slice(1) || "start"}-${device}-${colorScheme}.png`;
          await page.screenshot({ path: join(pictures, name) });
        }
      }
      expect([...problems, ...troubles]).toEqual([]);
    },
  );
});

// There are hundreds of pages from one template. Their layout needs no script, and they load much faster without scripts.
test("every page of the SDK reference has a valid layout on a phone", { timeout: 400_000 }, async () => {
  const context = await browser.newContext({ viewport: widths.phone, javaScriptEnabled: false });
  const page = await context.newPage();
  const problems: string[] = [];
  for (const path of allPages().filter(isReference)) {
    const response = await page.goto(new URL(path, server.url).href, { waitUntil: "load" });
    expect(response?.status(), path).toBe(200);
    problems.push(...((await page.evaluate(obstacles)) as string[]).map((problem) => `${path}: ${problem}`));
  }
  expect(problems).toEqual([]);
});

describe("search", () => {
  const open = async (visitor: Visit) => {
    await visitor.to("/");
    await visitor.page.keyboard.press("Control+k");
    await visitor.page.locator(".VPLocalSearchBox input").waitFor();
  };
  const results = (page: Page) =>
    page
      .locator(".VPLocalSearchBox a.result")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));

  test.each(Object.entries(widths))("finds twenty words on a %s", async (device, viewport) => {
    const visitor = await visit({ viewport });
    await open(visitor);
    const { page } = visitor;
    expect(words).toHaveLength(20);
    const missed: string[] = [];
    for (const [word, expected] of words) {
      await page.fill(".VPLocalSearchBox input", word);
      const found = await expect
        .poll(async () => (await results(page)).some((path) => expected.test(path)), { timeout: 5_000 })
        .toBe(true)
        .then(
          () => true,
          () => false,
        );
      if (!found) missed.push(`${word}: ${(await results(page)).slice(0, 5).join(" ")}`);
      if (word === "maxSpend") await page.screenshot({ path: join(pictures, `search-${device}.png`) });
    }
    expect([...missed, ...visitor.troubles]).toEqual([]);
  });

  test("can be used with the keyboard", async () => {
    const visitor = await visit({ viewport: widths.desktop });
    await open(visitor);
    const { page } = visitor;
    await page.keyboard.type("instances.terminate");
    await page.locator(".VPLocalSearchBox a.result[href*='/api/instances#terminate']").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/api\/instances#terminate$/);
    // The URL changes before the page does.
    await page.locator("#terminate").waitFor();
  });
});

test("the switch changes between light and dark, and the choice is stored", async () => {
  const { page, to } = await visit({ viewport: widths.desktop, colorScheme: "light" });
  await to("/");
  await page.locator(".VPNavBarAppearance button.VPSwitchAppearance").click();
  await to("/errors");
  expect(await page.locator("html").evaluate((html) => html.classList.contains("dark"))).toBe(true);
});

test("the copy button copies the block", async () => {
  const { page, to } = await visit({ viewport: widths.desktop, permissions: ["clipboard-read", "clipboard-write"] });
  await to("/");
  await page.locator(".vp-doc div[class*='language-']").first().hover();
  await page.locator(".vp-doc button.copy").first().click();
  await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe("npm install sfc-preview-sdk");
});

test("pages for language models are published beside the site", async () => {
  const [list, all, orders] = await Promise.all(
    ["llms.txt", "llms-full.txt", "api/orders.md"].map((file) =>
      fetch(new URL(file, server.url)).then((r) => r.text()),
    ),
  );
  const linked = [...(list?.matchAll(/\]\(\/(.+?)\)/g) ?? [])].map(([, path = ""]) => path);
  expect(linked).toContain("buying.md");
  expect(linked.filter((path) => !existsSync(join(site, path)))).toEqual([]);
  for (const text of [all, orders]) expect(text).toContain("## orders.create");
  expect(all).toContain("# Buying with a limit");
});
