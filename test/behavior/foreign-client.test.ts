import { expect, test } from "vitest";
import { runForeignClient } from "./foreign-client.js";

test("a client that Redocly generates from the description can list, create, read pages and receive errors", async () => {
  expect(await runForeignClient()).toEqual([
    "lists what the world holds",
    "creates, fetches, changes and ends an instance",
    "pages through a filtered list with cursors",
    "gets the same order for the same key",
    "meets errors with their status and envelope",
  ]);
}, 60_000);
