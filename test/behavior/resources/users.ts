import { expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "users" });

test("users are listed, found by address and fetched by id or resource path", async () => {
  const { sfc } = await world();
  const all = await sfc.users.list().toArray({ max: 10 });
  expect(all.map(({ id }) => id).sort()).toEqual(["ada", "grace"]);

  const [grace] = (await sfc.users.list({ email: "grace@acme.example" })).data;
  expect(grace).toMatchObject({ id: "grace", first_name: "Grace", resource_path: "sfc:user:grace" });
  expect(await sfc.users.get("grace")).toEqual(grace);
  expect(await sfc.users.get("sfc:user:grace")).toEqual(grace);
});

test("an unknown user returns 404, and is omitted from a list that is filtered by ids", async () => {
  const { sfc } = await world();
  await expect(sfc.users.get("nobody")).rejects.toMatchObject(refusal(404));
  expect((await sfc.users.list({ id: ["ada", "nobody"] })).data.map(({ id }) => id)).toEqual(["ada"]);
});

test("the list of users can be read in both directions", async () => {
  const { sfc } = await world();
  const first = await sfc.users.list({ limit: 1 });
  expect(first.hasMore).toBe(true);
  expect(first.cursor).toMatch(/^usrc_/);
  const second = await first.next();
  expect(second?.hasMore).toBe(false);
  const back = await sfc.users.list({ limit: 1, ending_before: second?.cursor ?? "" });
  expect(back.data).toEqual(first.data);
});
