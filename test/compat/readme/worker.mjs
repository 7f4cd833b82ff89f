/** For workerd: a request runs the program and returns its output. Without Node compatibility, there are no environment variables. */
import { redirect } from "./redirect.mjs";

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    redirect(searchParams.get("baseUrl"));
    globalThis.process = { env: { SF_API_KEY: searchParams.get("token") } };
    const lines = [];
    console.log = (...words) => lines.push(words.join(" "));
    await import("./index.mjs");
    return new Response(lines.join("\n"));
  },
};
