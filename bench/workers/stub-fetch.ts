import { instance, placedOrder } from "./answers.js";

const list = JSON.stringify({ object: "list", data: [instance], has_more: false, cursor: null });
const order = JSON.stringify(placedOrder);

/** Answers at once, without a network: what is left is what a client does by itself. */
export function stubFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { method = "GET" } = typeof input === "object" && "method" in input ? input : (init ?? {});
  const isOrder = method === "POST";
  return Promise.resolve(
    new Response(isOrder ? order : list, {
      status: isOrder ? 201 : 200,
      headers: { "content-type": "application/json", "x-request-id": "req_0123456789" },
    }),
  );
}
