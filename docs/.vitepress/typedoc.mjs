import { Converter } from "typedoc";
import { MarkdownPageEvent } from "typedoc-plugin-markdown";

/** TypeDoc plugin: what the reference needs beyond its options. */
export function load(app) {
  // openapi-typescript writes descriptions as `@description`; they are the summaries of their members.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const { comment } of Object.values(project.reflections)) {
      const description = comment?.blockTags.find(({ tag }) => tag === "@description");
      if (description === undefined) continue;
      comment.summary.push(...description.content);
      comment.removeTags("@description");
    }
  });
  // Entry points by the name that programs import.
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    const nameOf = (file) => (file === "index" ? "sfc-preview-sdk" : `sfc-preview-sdk/${file}`);
    page.contents = page.contents
      ?.replace(/^# (index|paths|workflows|otel|node)$/m, (_, file) => `# ${nameOf(file)}`)
      .replace(/^- \[(\w+)\]\((\w+\/index\.md)\)$/gm, (_, file, target) => `- [${nameOf(file)}](${target})`)
      .replace("## Modules", "## Entry points");
  });
}
