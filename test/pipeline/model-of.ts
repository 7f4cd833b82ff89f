import { refuseContradictions } from "../../scripts/generate/check.js";
import { buildModel, type Model } from "../../scripts/generate/model.js";
import { readSdkTable } from "../../scripts/generate/sdk-table.js";
import { parseSource } from "../../scripts/lib/source.js";
import { fixture } from "./project.js";

/** Builds the model of a description with the pure steps only, without files and processes. */
export function modelOf(spec: string, sdk = fixture("sdk.none.yaml")): Model {
  const source = parseSource(spec, "openapi/sfc-preview.yaml");
  refuseContradictions(source.value, source, ".");
  return buildModel(source.value, source, readSdkTable(parseSource(sdk, "openapi/sdk.yaml")));
}
