/** For runtimes that are started with a file. Argument: the simulator's address; the token is in `SF_API_KEY`, as the program expects it. */
import { redirect } from "./redirect.mjs";

redirect(process.argv[2]);
await import("./index.mjs");
