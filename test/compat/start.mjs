/** For runtimes that start a file: Node, Bun and Deno. The arguments are the base URL and the token. The last line of the output has the results. */
import { entries } from "./entries.mjs";
import { run } from "./program.mjs";

const [baseUrl, token] = process.argv.slice(2);
console.log(JSON.stringify(await run(entries, { baseUrl, token })));
