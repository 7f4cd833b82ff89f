import { expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "account" });

test("me returns the account and the user of a token", async () => {
  const { sfc } = await world();
  const me = await sfc.account.me();
  expect(me).toMatchObject({ object: "account", account_id: "acme", user: { id: "ada", email: "ada@acme.example" } });
});

test("me returns no user for a service token", async () => {
  const { as } = await world();
  expect((await as("sk_live_service").account.me()).user).toBeNull();
});

test("me returns 401 for an unknown token", async () => {
  const { as } = await world();
  await expect(as("sk_test_nobody").account.me()).rejects.toMatchObject(refusal(401));
});
