import type { ResourceModel } from "../generate/model.js";
import type { OperationModel } from "../generate/operation-model.js";
import type { JsonObject } from "../lib/json.js";
import { codeBlock } from "./highlight.js";
import { escapeHtml, slug } from "./html.js";
import { renderLine, renderProse } from "./markdown.js";
import { type Api, type RawAnswer, type RawBody, type RawCall, rawCall } from "./read-api.js";
import { sampleOf } from "./sample.js";
import { fieldTerm, schemaList } from "./schema-list.js";

/** The page of one resource: its operations as the API has them, each with a program that calls it. */
export function apiPage(api: Api, resource: ResourceModel): string {
  const contents = resource.operations.map(
    ({ method }) => `<li><a href="#${slug(method)}"><code>${escapeHtml(method)}</code></a></li>`,
  );
  return `<h1>${escapeHtml(resource.field)}</h1>
${renderProse(resource.description)}
<ul class="inline">${contents.join("")}</ul>
<p>In the SDK reference: <a href="../sdk/classes/index.${escapeHtml(resource.className)}.html">${escapeHtml(resource.className)}</a>.</p>
${resource.operations.map((operation) => operationSection(api, operation)).join("\n")}`;
}

function operationSection(api: Api, operation: OperationModel): string {
  const raw = rawCall(api, operation);
  const { document } = api;
  const { descriptor, method } = operation;
  return `<section>
<h2 id="${slug(method)}">${escapeHtml(descriptor.name)}</h2>
<p class="summary">${escapeHtml(raw.summary)}</p>
<p class="route"><span class="verb">${descriptor.method}</span> <code>${escapeHtml(descriptor.path)}</code></p>
${renderProse(operation.description)}${notes(operation)}
${codeBlock(sampleOf(operation), "typescript")}
${parameters(document, raw)}${raw.body ? fold("Request body", body(document, raw.body)) : ""}
${raw.answers.map((answer) => answerBlock(document, answer)).join("\n")}
</section>`;
}

/** What the client makes of the operation. */
function notes({ descriptor, isLowConfidence, isDeprecated }: OperationModel): string {
  const lines = [
    `Repeated by the client: ${repeats[descriptor.retry]}.`,
    ...(isLowConfidence ? ["Less certain than the rest: the vendor does not document this operation."] : []),
    ...(isDeprecated ? ["Deprecated."] : []),
  ];
  return `<p class="note">${lines.join(" ")}</p>`;
}

const repeats = {
  read: "always, it changes nothing",
  keyed: "always, with the same idempotency key",
  absolute: "always, it sets values and adds nothing",
  unsafe: "only when it certainly was not processed",
};

function parameters(document: JsonObject, { parameters: all }: RawCall): string {
  if (all.length === 0) return "";
  const rows = all.map(
    ({ name, schema, required, description, in: place }) =>
      `${fieldTerm(document, name, schema, required)}<dd><span class="limits">${escapeHtml(place)}</span>${renderProse(description)}</dd>`,
  );
  return fold("Parameters", `<dl>\n${rows.join("\n")}\n</dl>`);
}

function body(document: JsonObject, { schema, example }: RawBody): string {
  const shown = example === undefined ? "" : codeBlock(JSON.stringify(example, null, 2), "json");
  return schemaList(document, schema) + shown;
}

function answerBlock(document: JsonObject, { status, description, body: payload }: RawAnswer): string {
  const title = `<span class="status${status.startsWith("2") ? " good" : ""}">${status}</span> ${renderLine(description)}`;
  if (payload === undefined) return `<p class="answer">${title}</p>`;
  return `<details class="answer"><summary>${title}</summary>\n${body(document, payload)}</details>`;
}

function fold(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n${content}\n</details>\n`;
}
