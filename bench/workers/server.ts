/** A service with `pages` pages of `rows` instances that accepts every order. It runs in its own process, so that it does not slow down the client. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { instance, placedOrder } from "./bodies.js";
import { runJobs } from "./jobs.js";

const [pages = 1, rows = 1] = process.argv.slice(4).map(Number);
const order = Buffer.from(JSON.stringify(placedOrder));
const head = Buffer.from(`{"object":"list","data":${JSON.stringify(Array(rows).fill(instance))},`);

function page(url: string): Buffer {
  const number = Number(/starting_after=instc_(\d+)/.exec(url)?.[1] ?? 0) + 1;
  const end = number < pages ? `"has_more":true,"cursor":"instc_${number}"}` : '"has_more":false,"cursor":null}';
  return Buffer.concat([head, Buffer.from(end)]);
}

const server = createServer((request, response) => {
  request.resume();
  const isOrder = request.method === "POST";
  const body = isOrder ? order : page(request.url ?? "");
  response.writeHead(isOrder ? 201 : 200, {
    "content-type": "application/json",
    "content-length": body.length,
    "x-request-id": "req_0123456789",
  });
  response.end(body);
});

await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

/** The result of every job is the port. */
runJobs(async () => (server.address() as AddressInfo).port);
