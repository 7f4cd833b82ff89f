import { createHash } from "node:crypto";
import type { Types } from "../http/api-types.js";
import { Refusal } from "../http/errors.js";
import type { KnownToken } from "../options.js";
import type { Simulation } from "../simulation.js";

/** The caller of a request. */
export interface Caller {
  readonly token: string;
  /** The id of the token, as grants refer to it. */
  readonly tokenId: string;
  /** The user behind the token; `null` for a service token. */
  readonly userId: string | null;
}

const defaultToken: KnownToken = { value: "sk_live_simulator", user: "ada" };

/** Reads the `Authorization` header. Refuses a missing or unknown token with 401. */
export function readCaller(sim: Simulation, authorization: string | undefined): Caller {
  const value = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  const known = value === undefined ? undefined : knownToken(sim, value);
  if (known === undefined) throw new Refusal([401], "the bearer token is missing or unknown");
  return { token: known.value, tokenId: createTokenId(known.value), userId: known.user };
}

function knownToken(sim: Simulation, value: string): KnownToken | undefined {
  if (sim.tokens !== undefined) return sim.tokens.find((token) => token.value === value);
  if (value === defaultToken.value) {
    // A custom world may have other users. Then the token belongs to the first of them.
    const user = sim.store.users.get("ada") ?? sim.store.users.all()[0];
    return { value, user: user?.id ?? null };
  }
  return value.startsWith("sk_live_") ? { value, user: null } : undefined;
}

/** Creates a stable id from a token that does not reveal the token. */
export function createTokenId(value: string): string {
  return `tokn_${createHash("sha256").update(value).digest("hex").slice(0, 21)}`;
}

export function toPrincipal(sim: Simulation, caller: Caller): Types.OrderPrincipal {
  if (caller.userId === null) return { id: caller.tokenId, type: "token", email: null, name: null };
  const user = sim.store.users.get(caller.userId);
  const name = [user?.firstName, user?.lastName].filter((part) => typeof part === "string").join(" ");
  return { id: caller.userId, type: "user", email: user?.email ?? null, name: name === "" ? null : name };
}
