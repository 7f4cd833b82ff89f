import type { Socket } from "node:net";
import type { Runtime } from "../wrappers/options.js";
import type { Dial } from "./dial.js";
import { neverSent } from "./failure.js";
import type { Route } from "./route.js";

/** Who wants a connection. */
export interface Taker {
  /** The connection is the taker's until it is given back or destroyed. */
  take(socket: Socket): void;
  /** There is none, and nothing has been sent. */
  fail(error: unknown): void;
}

export interface PoolSettings {
  readonly maxConnections: number;
  readonly connectTimeoutMs: number;
  readonly runtime: Runtime;
}

/** A connection that is kept for the next request. */
interface Idle {
  readonly socket: Socket;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Bytes that have come so far; more would be an answer that nobody asked for. */
  readonly bytesRead: number;
}

/** A request for which there is no connection yet. */
interface Wait {
  readonly taker: Taker;
  cancel: () => void;
}

/** After a rest as long as this the socket is looked at before it is used. */
const restMs = 1_000;

/** The connections of one origin. */
export class Pool {
  readonly #route: Route;
  readonly #dial: Dial;
  readonly #settings: PoolSettings;
  /** The one used last is used first, so that those not needed grow old. */
  readonly #idle: Idle[] = [];
  readonly #resting: Idle[] = [];
  readonly #waiting: Wait[] = [];
  #open = 0;
  #closed = false;
  #sweeping = false;

  constructor(route: Route, dial: Dial, settings: PoolSettings) {
    this.#route = route;
    this.#dial = dial;
    this.#settings = settings;
  }

  /** Gives a connection as soon as there is one. What it returns ends the wait. */
  acquire(taker: Taker): () => void {
    const idle = this.#takeIdle();
    if (idle !== undefined) return this.#hand(idle, taker);
    const isPromised = this.#resting.length > this.#waiting.length;
    if (this.#open < this.#settings.maxConnections && !isPromised) return this.#connect(taker);
    const wait: Wait = { taker, cancel: () => void this.#waiting.splice(this.#waiting.indexOf(wait), 1) };
    this.#waiting.push(wait);
    return () => wait.cancel();
  }

  /**
   * Takes back a connection on which nothing is under way. It rests before the next request: a server that closes right after its answer, whatever
   * it promised, is heard in time.
   */
  release(socket: Socket, keepMs: number): void {
    if (!(keepMs > 0)) socket.destroy();
    const sinceMs = this.#settings.runtime.monotonicMs();
    const { bytesRead } = socket;
    if (this.#resting.push({ socket, sinceMs, untilMs: sinceMs + keepMs, bytesRead }) > 1) return;
    afterRest(() => {
      for (const rested of this.#resting.splice(0)) this.#keep(rested);
    });
  }

  /** Ends what is not in use, and keeps nothing from now on. */
  close(): void {
    this.#closed = true;
    for (const { socket } of this.#idle.splice(0)) socket.destroy();
  }

  #keep(idle: Idle): void {
    const { socket } = idle;
    const next = isSound(idle) && !this.#closed ? this.#waiting.shift() : undefined;
    if (next !== undefined) {
      next.cancel = () => undefined;
      next.taker.take(socket);
      return;
    }
    if (!isSound(idle) || this.#closed) {
      // Also when it is closed already: who waits for it waits for another one.
      socket.destroy();
      this.#serve();
      return;
    }
    // A connection that is only kept must not keep the process.
    socket.unref();
    this.#idle.push(idle);
    if (!this.#sweeping) this.#sweepLater();
  }

  #takeIdle(): Idle | undefined {
    const now = this.#settings.runtime.monotonicMs();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.untilMs > now && isSound(idle)) return idle;
      idle.socket.destroy();
    }
    return undefined;
  }

  #hand(idle: Idle, taker: Taker): () => void {
    const { socket, sinceMs } = idle;
    socket.ref();
    if (this.#settings.runtime.monotonicMs() - sinceMs < restMs) {
      taker.take(socket);
      return () => undefined;
    }
    let wanted = true;
    let cancel = () => this.release(socket, idle.untilMs - this.#settings.runtime.monotonicMs());
    // A process that was busy or frozen has not heard yet of what was closed meanwhile.
    afterRest(() => {
      if (!wanted) return;
      cancel = () => undefined;
      if (isSound(idle)) return taker.take(socket);
      socket.destroy();
      cancel = this.acquire(taker);
    });
    return () => {
      wanted = false;
      cancel();
    };
  }

  #connect(taker: Taker): () => void {
    this.#open++;
    let current: Socket | undefined;
    let ended = false;
    const end = (error?: Error) => {
      if (ended) return false;
      ended = true;
      runtime.clearTimeout(timer);
      if (error) {
        current?.destroy();
        this.#gone();
      }
      return true;
    };
    const fail = (error: Error) => {
      if (end(error)) taker.fail(neverSent(error));
    };
    const { runtime, connectTimeoutMs } = this.#settings;
    const timer = runtime.setTimeout(() => fail(timedOut()), connectTimeoutMs);
    const watch = (socket: Socket) => {
      current = socket;
      if (ended) socket.destroy();
    };
    this.#dial(this.#route, watch).then((socket) => {
      if (socket.destroyed) return fail(new Error("closed as soon as it was ready"));
      if (!end()) return void socket.destroy();
      socket.once("close", () => this.#gone(socket));
      taker.take(socket);
    }, fail);
    return () => void end(new Error("not wanted any more"));
  }

  #gone(socket?: Socket): void {
    this.#open--;
    const place = socket === undefined ? -1 : this.#idle.findIndex((idle) => idle.socket === socket);
    if (place >= 0) this.#idle.splice(place, 1);
    this.#serve();
  }

  /** Connects for those who wait, as far as that is allowed and no connection is about to be free for them. */
  #serve(): void {
    while (this.#waiting.length > this.#resting.length && this.#open < this.#settings.maxConnections) {
      const next = this.#waiting.shift() as Wait;
      next.cancel = this.#connect(next.taker);
    }
  }

  /** One timer for all, set while there is something to end: a timer for each request would cost more than the rest of this. */
  #sweepLater(): void {
    const { runtime } = this.#settings;
    const now = runtime.monotonicMs();
    const next = Math.min(...this.#idle.map(({ untilMs }) => untilMs));
    this.#sweeping = true;
    const timer = runtime.setTimeout(() => this.#sweep(), Math.max(1, Math.ceil(next - now)));
    (timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #sweep(): void {
    this.#sweeping = false;
    const now = this.#settings.runtime.monotonicMs();
    const old = this.#idle.filter(({ untilMs }) => untilMs <= now);
    for (const { socket } of old) socket.destroy();
    const kept = this.#idle.filter(({ untilMs }) => untilMs > now);
    this.#idle.splice(0, this.#idle.length, ...kept);
    if (kept.length > 0) this.#sweepLater();
  }
}

/** Two turns of the process's loop, because the first may be half over: by then all that had arrived has been heard. */
function afterRest(run: () => void): void {
  setImmediate(() => setImmediate(run));
}

function isSound({ socket, bytesRead }: Idle): boolean {
  return !socket.destroyed && socket.writable && !socket.readableEnded && socket.bytesRead === bytesRead;
}

function timedOut(): Error {
  return Object.assign(new Error("no connection within connectTimeoutMs"), { code: "ETIMEDOUT" });
}
