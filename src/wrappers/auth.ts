import type { ClientOptions } from "../options.js";
import { UsageError } from "./errors.js";

const variables = ["SF_API_KEY", "SF_BEARER_TOKEN", "SFC_BEARER_AUTH"] as const;

/** Gives the token for one attempt. */
export type TokenSource = () => string | Promise<string>;

/** Thrown while an attempt is prepared; callers see a `UsageError` that also knows what earlier attempts may have done. */
export class BadToken {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** Where the token comes from: the option, else the environment. Throws at once when there is none. */
export function tokenSource(token: ClientOptions["token"]): TokenSource {
  if (typeof token === "function") return async () => checkToken(await callToken(token));
  const value = token ?? tokenFromEnvironment();
  if (value === undefined) {
    throw new UsageError("options.token", `no token; pass one, or set ${variables.join(", ")}`);
  }
  if (!isToken(value)) throw new UsageError("options.token", unfit);
  return () => value;
}

function tokenFromEnvironment(): string | undefined {
  for (const name of variables) {
    const value = environment(name);
    if (value) return value;
  }
  return undefined;
}

function environment(name: string): string | undefined {
  try {
    return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
  } catch {
    // Deno throws where the environment may not be read.
    return undefined;
  }
}

async function callToken(token: TokenSource): Promise<string> {
  try {
    return await token();
  } catch {
    // What it threw is not passed on: it may quote the secret it failed to get.
    throw new BadToken("the function that gives the token failed");
  }
}

function checkToken(token: unknown): string {
  if (isToken(token)) return token;
  throw new BadToken(unfit);
}

const unfit = "must be a non-empty string of printable ASCII characters without spaces";

/** A header that does not fit makes the runtime's error quote it, token and all, so it is refused here, unquoted. */
function isToken(token: unknown): token is string {
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token);
}
