/**
 * Runs the program in a web page and returns its output. The unchanged program must be refused by the client, because visitors could read the token.
 * It then runs with a token and with the option that allows it.
 */
import { redirect } from "./redirect.mjs";

export async function run({ baseUrl, token }) {
  redirect(baseUrl);
  const refusal = await import("./index.mjs").then(() => "not refused", String);
  if (!/UsageError: options\.dangerouslyAllowBrowser/.test(refusal)) throw new Error(`as it is: ${refusal}`);
  const lines = [];
  console.log = (...words) => lines.push(words.join(" "));
  await import(await withOptions("./index.mjs", { token, dangerouslyAllowBrowser: true }));
  return lines.join("\n");
}

/** The URL of the same program with options for its client. */
async function withOptions(address, options) {
  const program = await (await fetch(address)).text();
  const changed = program.replace("new SfcClient()", `new SfcClient(${JSON.stringify(options)})`);
  return URL.createObjectURL(new Blob([changed], { type: "text/javascript" }));
}
