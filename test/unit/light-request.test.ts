import { expect, test } from "vitest";
import { LightRequest } from "../../src/wrappers/light-request.js";
import { countingSignal } from "../support/counting-signal.js";

test("keeps what it is given, leaves the signal alone and gives the body as often as asked", async () => {
  const { signal, mostListeners } = countingSignal();
  const headers = new Headers({ accept: "a" });
  const request = new LightRequest("https://api.test/v", { method: "POST", headers, body: "{}", signal });
  expect(request).toMatchObject({ url: "https://api.test/v", method: "POST", headers, signal });
  expect([await request.text(), await request.text()]).toEqual(["{}", "{}"]);
  expect(mostListeners()).toBe(0);
});

test("has GET and no body by default", async () => {
  const request = new LightRequest("https://api.test/v", {});
  expect(request.method).toBe("GET");
  expect(await request.text()).toBe("");
});

test("accepts a real Request in its place, as middleware may hand one back", () => {
  expect(new Request("https://api.test/v") instanceof LightRequest).toBe(true);
  expect({} instanceof LightRequest).toBe(false);
});
