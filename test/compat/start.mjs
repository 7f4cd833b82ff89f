/** For runtimes that are started with a file: Node, Bun, Deno. Arguments: base URL, token. Prints the results in its last line. */
import { entries } from "./entries.mjs";
import { run } from "./program.mjs";

const [baseUrl, token] = process.argv.slice(2);
console.log(JSON.stringify(await run(entries, { baseUrl, token })));
