import type { Fetch } from "../../src/wrappers/options.js";

/** One request and its response, as Prism passed them on. */
export interface ProxiedCall {
  readonly request: string;
  readonly status: number;
  /** Number of the request in the simulator's log; `undefined` when Prism responded by itself. */
  readonly number: number | undefined;
  /** The contract violation in the request or in the response. */
  readonly violation: string | undefined;
}

/** A `fetch` that records the violations that Prism reports for each call. */
export function watchingFetch(proxiedCalls: ProxiedCall[], send: Fetch = globalThis.fetch): Fetch {
  return async (url, init) => {
    const response = await send(url, init);
    const number = /^req_(\d+)$/.exec(response.headers.get("x-request-id") ?? "")?.[1];
    proxiedCalls.push({
      request: `${init.method} ${decodeURIComponent(new URL(url).pathname + new URL(url).search)} ${init.body ?? ""}`,
      status: response.status,
      number: number === undefined ? undefined : Number(number),
      violation: await violationIn(response, number !== undefined),
    });
    return response;
  };
}

/**
 * With `--errors`, Prism replaces the server's response to an invalid call by an `application/problem+json` response without the server's headers.
 * A mere warning, such as for an undeclared status, is in the header `sl-violations` of the server's own response.
 */
async function violationIn(response: Response, fromServer: boolean): Promise<string | undefined> {
  const violations = response.headers.get("sl-violations");
  if (violations !== null) return violations;
  if (fromServer && response.headers.get("content-type") !== "application/problem+json") return undefined;
  return `returned by Prism: ${await response.clone().text()}`;
}
