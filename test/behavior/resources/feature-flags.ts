import { expect, test } from "vitest";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "featureFlags" });

test("a changed flag is changed for its caller only, and can be changed back", async () => {
  const { sfc, as } = await world();
  const enrolled = async (client = sfc) =>
    (await client.featureFlags.list()).data.find((flag) => flag.feature_flag === "capacity-forecast")?.enrolled;
  expect(await enrolled()).toBe(false);

  const response = await sfc.featureFlags.setEnrollment("capacity-forecast", { enrolled: true });
  expect(response).toEqual({ object: "feature_flag", feature_flag: "capacity-forecast", enrolled: true });
  expect(await enrolled()).toBe(true);
  expect(await enrolled(as("sk_live_somebody_else"))).toBe(false);

  await sfc.featureFlags.setEnrollment("capacity-forecast", { enrolled: false });
  expect(await enrolled()).toBe(false);
});

test("changing a flag that users may not change returns 403, and an unknown flag 404, both without a body", async () => {
  const { sfc } = await world();
  const switchOn = (flag: string) => sfc.featureFlags.setEnrollment(flag, { enrolled: true });
  await expect(switchOn("fleet-migration")).rejects.toMatchObject({ status: 403 });
  await expect(switchOn("nobody-has-this")).rejects.toMatchObject({ status: 404 });
});

test("the list is complete: has_more is false and there is no cursor", async () => {
  const { sfc } = await world();
  const page = await sfc.featureFlags.list();
  expect([page.data.length, page.hasMore, page.cursor]).toEqual([2, false, undefined]);
});
