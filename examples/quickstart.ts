import { SfcClient } from "../src/index.js";

const sfc = new SfcClient(); // the token comes from SF_API_KEY

for await (const instance of sfc.instances.list({ status: ["running"], tag: ["env=prod"] })) {
  console.log(instance.name, instance.priority_level);
}

const [instance] = await sfc.instances.list().toArray({ max: 1 });
if (!instance) throw new Error("no instance yet");
const body = { image: instance.image.id };
const fresh = await sfc.instances.replace(instance.id, body, { idempotencyKey: "redeploy-4f2a" });
console.log(`${instance.name} is replaced by ${fresh.name}`);
