import { refuseContradictions } from "../../scripts/generate/check.js";
import { buildModel, type Model } from "../../scripts/generate/model.js";
import { readSdkTable } from "../../scripts/generate/sdk-table.js";
import { parseSource } from "../../scripts/lib/source.js";
import { fixture } from "./project.js";

/** The model of a description, by the pure steps alone: no file, no process. */
export function modelOf(spec: string, sdk = fixture("sdk.none.yaml")): Model {
  const source = parseSource(spec, "openapi/sfc-preview.yaml");
  refuseContradictions(source.value, source, ".");
  return buildModel(source.value, source, readSdkTable(parseSource(sdk, "openapi/sdk.yaml")));
}
