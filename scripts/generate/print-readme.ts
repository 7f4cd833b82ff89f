import { GENERATED_MARK, type Origin } from "./header.js";
import type { Model } from "./model.js";

/** `README.md` of the generated folder. */
export function printReadme(model: Model, { spec, overlay, sdk }: Origin): string {
  const rows = model.resources.map(
    ({ field, file, operations }) =>
      `| [\`${field}\`](resources/${file}.ts) | ${operations.map(({ method }) => `\`${method}\``).join(", ")} |`,
  );
  return `<!-- ${GENERATED_MARK}. Do not edit. -->

# Generated code

Made from \`${spec}\`, \`${overlay}\` and \`${sdk}\`. Edit those, or \`scripts/generate/\`, and run
\`npm run generate\`; \`npm run generate -- --check\` fails when anything here is not as it would be written.

- \`schema.ts\`: the description's shapes, by openapi-typescript.
- \`types.ts\`: the same shapes under names in plain words. Import these.
- \`operations.ts\`: what the client knows of each operation, as data. \`src/wrappers\` and \`src/testing\` may import it.
- \`operation-list.ts\`: all of that, for \`src/paths.ts\`.
- \`server.ts\`: the default base URL. \`src/wrappers\` and \`src/otel\` may import it.
- \`resources/\`: one class per resource, imported by \`src/client.ts\` and \`src/workflows\` only.

| Resource | Methods |
| --- | --- |
${rows.join("\n")}
`;
}
