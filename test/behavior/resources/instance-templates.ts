import { describe, expect, test } from "vitest";
import { refusal } from "../refusals.js";
import { useWorld } from "../world.js";

const world = useWorld({ covers: "instanceTemplates" });

describe("an instance template", () => {
  test("can be created, listed, fetched by id and resource path, and deleted, but not updated", async () => {
    const { sfc, workspace, image } = await world();
    const made = await sfc.instanceTemplates.create({
      workspace: workspace("default"),
      image: image("trainer"),
      name: "worker",
      tags: { role: "worker" },
    });
    expect(made).toMatchObject({ object: "instance_template", image: { name: "trainer" }, tags: { role: "worker" } });
    expect((await sfc.instanceTemplates.list({ workspace: workspace("default") })).data).toEqual([made]);
    expect(await sfc.instanceTemplates.get(made.id)).toEqual(made);
    expect(await sfc.instanceTemplates.get("sfc:instance_template:acme:default:worker")).toEqual(made);
    expect("update" in sfc.instanceTemplates).toBe(false);

    await sfc.instanceTemplates.delete(made.id);
    await expect(sfc.instanceTemplates.get(made.id)).rejects.toMatchObject(refusal(404));
    expect((await sfc.instanceTemplates.list()).data).toEqual([]);
  });

  test("has its cloud-init data only in a list that requests it with include", async () => {
    const { sfc, workspace, image } = await world();
    const cloud_init_user_data = Buffer.from("#cloud-config\n").toString("base64");
    const made = await sfc.instanceTemplates.create({
      workspace: workspace("default"),
      image: image("trainer"),
      cloud_init_user_data,
    });
    expect(made.cloud_init_user_data_used).toBe(true);
    expect(await sfc.instanceTemplates.get(made.id)).not.toHaveProperty("cloud_init_user_data");
    expect((await sfc.instanceTemplates.list()).data[0]).not.toHaveProperty("cloud_init_user_data");
    const { data } = await sfc.instanceTemplates.list({ include: ["cloud_init_user_data"] });
    expect(data[0]?.cloud_init_user_data).toBe(cloud_init_user_data);
  });

  test("with a name in use or an unusable image returns 422", async () => {
    const { sfc, workspace, image } = await world();
    const body = { workspace: workspace("default"), image: image("trainer"), name: "worker" };
    await sfc.instanceTemplates.create(body);
    await expect(sfc.instanceTemplates.create(body)).rejects.toMatchObject(refusal(422, "name_taken"));
    const unknown = sfc.instanceTemplates.create({ ...body, name: "other", image: "image_nobody" });
    await expect(unknown).rejects.toMatchObject(refusal(422));
  });

  test("cannot be deleted while a deployment uses it: 422", async () => {
    const { sfc, workspace, image, pool, sku } = await world();
    const { id } = await sfc.instanceTemplates.create({ workspace: workspace("default"), image: image("trainer") });
    const deployment = await sfc.deployments.create({
      kind: "generic",
      pool: pool("main"),
      instance_sku: sku("richmond"),
      instance_template: id,
      target_instance_count: 0,
    });
    await expect(sfc.instanceTemplates.delete(id)).rejects.toMatchObject(refusal(422));
    await sfc.deployments.delete(deployment.id);
    await sfc.instanceTemplates.delete(id);
    await expect(sfc.instanceTemplates.delete(id)).rejects.toMatchObject(refusal(404));
  });
});
