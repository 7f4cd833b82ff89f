import type { Simulator } from "../../packages/devtools/src/simulator.js";

/** The ids of a simulator's initial resources, by their names. */
export interface Names {
  pool(name: string): string;
  sku(alias: string): string;
  image(name: string): string;
  workspace(name: string): string;
  /** Unix seconds on a whole minute, the given number of hours from now. */
  hour(fromNow: number): number;
}

export function namesIn(simulator: Simulator): Names {
  const { state } = simulator;
  const idOf = (rows: readonly { id: string; name: string }[], name: string) =>
    rows.find((row) => row.name === name)?.id ?? missing(name);
  return {
    pool: (name) => idOf(state.pools, name),
    sku: (alias) => state.instanceSkus.find((sku) => sku.alias === alias)?.id ?? missing(alias),
    image: (name) => idOf(state.images, name),
    workspace: (name) => idOf(state.workspaces, name),
    hour: (fromNow) => Math.floor(simulator.now.getTime() / 60_000) * 60 + fromNow * 3600,
  };
}

function missing(name: string): never {
  throw new Error(`the world has no ${name}`);
}
