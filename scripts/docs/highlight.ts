import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import { escapeHtml } from "./html.js";

for (const [name, language] of Object.entries({ bash, json, typescript, yaml })) hljs.registerLanguage(name, language);
hljs.registerAliases(["ts", "js"], { languageName: "typescript" });
hljs.registerAliases(["sh"], { languageName: "bash" });

/** A block of code, coloured while the site is built: a reader's browser has nothing to load for it. */
export function codeBlock(code: string, language: string): string {
  const inner = hljs.getLanguage(language)
    ? hljs.highlight(code.trimEnd(), { language }).value
    : escapeHtml(code.trimEnd());
  // Reachable by keyboard, because it scrolls sideways on a narrow screen.
  return `<pre tabindex="0"><code class="language-${escapeHtml(language)}">${inner}</code></pre>\n`;
}
