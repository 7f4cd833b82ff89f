/**
 * For a web page: runs the program and returns what it prints. Pasted as it is the client must refuse, because visitors could read the token;
 * then it gets a token and the option that accepts this.
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

/** The address of the same program whose client is given options. */
async function withOptions(address, options) {
  const program = await (await fetch(address)).text();
  const changed = program.replace("new SfcClient()", `new SfcClient(${JSON.stringify(options)})`);
  return URL.createObjectURL(new Blob([changed], { type: "text/javascript" }));
}
