/** For workerd: a request runs the program and returns the results. */
import { entries } from "./entries.mjs";
import { run } from "./program.mjs";

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const options = { baseUrl: searchParams.get("baseUrl"), token: searchParams.get("token") };
    return Response.json(await run(entries, options));
  },
};
