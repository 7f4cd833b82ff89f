/** For runtimes that start a file. The argument is the simulator's URL. The token is in `SF_API_KEY`, as the program expects it. */
import { redirect } from "./redirect.mjs";

redirect(process.argv[2]);
await import("./index.mjs");
