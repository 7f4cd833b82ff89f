import type { Micros } from "../market/money.js";

export type Party = "account" | "market" | "fees";

/** The balances of the account, of the rest of the market, and of the fees. Money only moves between them, so their sum never changes. */
export class Ledger {
  readonly #balances: Record<Party, Micros>;

  constructor(account: Micros) {
    this.#balances = { account, market: 0n, fees: 0n };
  }

  balance(party: Party): Micros {
    return this.#balances[party];
  }

  get balances(): Readonly<Record<Party, Micros>> {
    return this.#balances;
  }

  restore(balances: Readonly<Record<Party, Micros>>): void {
    Object.assign(this.#balances, balances);
  }

  move(from: Party, to: Party, amount: Micros): void {
    this.#balances[from] -= amount;
    this.#balances[to] += amount;
  }
}
