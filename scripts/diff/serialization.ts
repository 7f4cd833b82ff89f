import { deref } from "../generate/shapes.js";
import { arrayAt, isObject, type JsonObject, objectAt } from "../lib/json.js";

/** How a parameter is written into a URL, shown by an example: `status=a&status=b`. */
export interface Serialization {
  readonly shape: "value" | "list" | "object";
  readonly example: string;
}

export function serializationOf(document: unknown, parameter: JsonObject): Serialization {
  const name = String(parameter.name);
  const [type, media] = Object.entries(objectAt(parameter, "content"))[0] ?? [];
  if (type !== undefined)
    return { shape: shapeOf(document, objectAt({ media }, "media").schema), example: `${name}={${type}}` };
  const isQuery = parameter.in === "query";
  const style = String(parameter.style ?? (isQuery ? "form" : "simple"));
  // With other styles of a query, lists that are exploded have no form of their own.
  const mayExplode = !isQuery || style === "form";
  const isExploded = mayExplode && (typeof parameter.explode === "boolean" ? parameter.explode : style === "form");
  const shape = shapeOf(document, parameter.schema);
  const example = isQuery ? queryExample(name, style, isExploded, shape) : pathExample(name, style, isExploded, shape);
  return { shape, example: parameter.allowReserved === true ? `${example} with reserved characters` : example };
}

function shapeOf(document: unknown, schema: unknown): Serialization["shape"] {
  const node = deref(document, schema);
  const nodes = [node, ...["oneOf", "anyOf", "allOf"].flatMap((key) => arrayAt(node, key))].map((arm) =>
    deref(document, arm),
  );
  const has = (type: string) => nodes.some((one) => one.type === type || arrayAt(one, "type").includes(type));
  if (has("array")) return "list";
  return has("object") || nodes.some(({ properties }) => isObject(properties)) ? "object" : "value";
}

function queryExample(name: string, style: string, isExploded: boolean, shape: Serialization["shape"]): string {
  if (shape === "value") return `${name}=a`;
  if (style === "deepObject") return `${name}[key]=a`;
  if (shape === "object")
    return isExploded ? "key=a&other=b" : `${name}=${["key", "a", "other", "b"].join(delimiter(style))}`;
  return isExploded ? `${name}=a&${name}=b` : `${name}=a${delimiter(style)}b`;
}

function delimiter(style: string): string {
  return { spaceDelimited: "%20", pipeDelimited: "|" }[style] ?? ",";
}

function pathExample(name: string, style: string, isExploded: boolean, shape: Serialization["shape"]): string {
  const items = {
    value: ["a"],
    list: ["a", "b"],
    object: isExploded ? ["key=a", "other=b"] : ["key", "a", "other", "b"],
  }[shape];
  if (style === "label") return `.${items.join(isExploded ? "." : ",")}`;
  if (style !== "matrix") return items.join(",");
  if (shape === "object" && isExploded) return `;${items.join(";")}`;
  return isExploded ? items.map((item) => `;${name}=${item}`).join("") : `;${name}=${items.join(",")}`;
}
