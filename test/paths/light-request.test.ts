import { expect, test } from "vitest";
import { LightRequest } from "../../src/paths/light-request.js";
import { countingSignal } from "../support/counting-signal.js";

test("has the given values, and adds no listener to the signal", () => {
  const { signal, mostListeners } = countingSignal();
  const headers = new Headers({ accept: "a" });
  const request = new LightRequest("https://api.test/v", { method: "POST", headers, body: "{}", signal });
  expect(request).toMatchObject({ url: "https://api.test/v", method: "POST", headers, body: "{}", signal });
  expect(mostListeners()).toBe(0);
});

test("has the method GET and no body by default", () => {
  const request = new LightRequest("https://api.test/v", {});
  expect(request.method).toBe("GET");
  expect(request.body).toBeUndefined();
});
