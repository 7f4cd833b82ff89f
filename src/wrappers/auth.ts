import type { ClientOptions } from "../options.js";
import { Interrupted } from "./deadline.js";
import { UsageError } from "./errors.js";

const variables = ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"] as const;

/** Gives the token for one attempt. Rejects with `Interrupted`, because by then earlier attempts may have done something. */
export type TokenSource = () => string | Promise<string>;

/** Where the token comes from: the option, else the environment. Throws at once when there is none. */
export function tokenSource(option?: ClientOptions["token"] | null): TokenSource {
  const token = option ?? tokenFromEnvironment();
  if (typeof token === "function") return () => callToken(token);
  if (token === undefined) throw new UsageError("options.token", `no token; pass one, or set ${variables.join(", ")}`);
  if (!isToken(token)) throw new UsageError("options.token", unfit);
  return () => token;
}

function tokenFromEnvironment(): string | undefined {
  for (const name of variables) {
    try {
      const value = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
      if (value) return value;
    } catch {
      // Deno throws where the environment may not be read.
    }
  }
  return undefined;
}

async function callToken(source: TokenSource): Promise<string> {
  let token: unknown;
  try {
    token = await source();
  } catch {
    // What it threw is not passed on: it may quote the secret it failed to get.
    throw new Interrupted("token", "the function that gives it failed");
  }
  if (isToken(token)) return token;
  throw new Interrupted("token", unfit);
}

const unfit = "must be a non-empty string of printable ASCII characters without spaces";

/** A header that does not fit makes the runtime's error quote it, token and all, so it is refused here, unquoted. */
function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[!-~]+$/.test(token);
}
