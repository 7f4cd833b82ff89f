import type { Socket } from "node:net";
import { onAbort } from "../wrappers/timeout.js";
import { type Ends, Exchange } from "./exchange.js";
import { neverSent } from "./failure.js";
import { keepFor } from "./keep.js";
import type { Outgoing } from "./outgoing.js";
import type { Pool, Taker } from "./pool.js";

/** Sends on the next connection that is free. The signal ends whatever is under way; nothing listens to it afterwards. */
export function send(
  pool: Pool,
  outgoing: Outgoing,
  signal: AbortSignal | undefined,
  idleTimeoutMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    new Sending(pool, outgoing, signal, idleTimeoutMs, { resolve, reject }).begin();
  });
}

interface Settlers {
  resolve(response: Response): void;
  reject(reason: unknown): void;
}

/** One request on its way: it waits for a connection, then for an answer, then for the end of that. */
class Sending implements Taker, Ends {
  readonly #pool: Pool;
  readonly #outgoing: Outgoing;
  readonly #signal: AbortSignal | undefined;
  readonly #idleTimeoutMs: number;
  /** Let go as soon as they have been called: through them the answer would be held by its own connection, and never be garbage. */
  #settlers: Settlers | undefined;
  #leaveQueue: (() => void) | undefined;
  #exchange: Exchange | undefined;
  #forgetSignal: () => void = () => undefined;

  constructor(
    pool: Pool,
    outgoing: Outgoing,
    signal: AbortSignal | undefined,
    idleTimeoutMs: number,
    settlers: Settlers,
  ) {
    this.#pool = pool;
    this.#outgoing = outgoing;
    this.#signal = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#settlers = settlers;
  }

  begin(): void {
    this.#forgetSignal = onAbort(this.#signal, () => this.#abort());
    this.#leaveQueue = this.#pool.acquire(this);
  }

  take(socket: Socket): void {
    try {
      this.#exchange = new Exchange(socket, this.#outgoing, this);
    } catch (error) {
      socket.destroy();
      this.fail(neverSent(error));
    }
  }

  fail(error: unknown): void {
    this.#giveUpBody(error);
    this.settled();
    this.failed(error);
  }

  answered(response: Response): void {
    this.#settlers?.resolve(response);
    this.#settlers = undefined;
  }

  failed(error: unknown): void {
    this.#settlers?.reject(error);
    this.#settlers = undefined;
  }

  settled(): void {
    this.#forgetSignal();
  }

  over(socket: Socket, keepAlive: string | undefined): void {
    this.#pool.release(socket, keepFor(keepAlive, this.#idleTimeoutMs));
  }

  #abort(): void {
    const reason: unknown = this.#signal?.reason;
    if (this.#exchange !== undefined) {
      this.#exchange.end(reason);
      return;
    }
    this.#leaveQueue?.();
    this.fail(reason);
  }

  /** A stream that was not begun: whoever fills it wants to know that nobody will read it. */
  #giveUpBody(reason: unknown): void {
    const { content } = this.#outgoing;
    if (content instanceof ReadableStream && !content.locked) content.cancel(reason).catch(() => undefined);
  }
}
