import type { Operation } from "../../src/operation.js";
import type { Fetch } from "../../src/options.js";
import { type VirtualRuntime, virtualRuntime } from "../support/virtual-runtime.js";
import type { Fault } from "./fault.js";
import { startsAt } from "./faults.js";
import { refusedPort } from "./refused-port.js";
import { type FaultServer, faultHeader, startFaultServer } from "./server.js";

/** The service that misbehaves, and a port where there is none. */
export interface Bench {
  readonly server: FaultServer;
  readonly refusedPort: number;
  close(): Promise<void>;
}

export async function startBench(operations: readonly Operation[]): Promise<Bench> {
  const [server, port] = await Promise.all([startFaultServer(operations), refusedPort()]);
  return { server, refusedPort: port, close: () => server.close() };
}

/** Which fault a request meets. `nth` counts the requests of one address, from 1. */
export type Plan = (nth: number, url: URL) => Fault | undefined;

/** What a client is given: a real network whose faults are planned, and a clock that moves only when the network is silent. */
export interface Network {
  readonly fetch: Fetch;
  readonly clock: VirtualRuntime;
  /** Requests made to each address. */
  readonly requests: Map<string, number>;
  /** Resolves when the client waits for nothing but silence, and has no timer that would ever end it. */
  readonly hang: Promise<"hang">;
  /** Lets the wait before a retry pass. For `onEvent`, which tells of it just before it begins. */
  skipWait(): void;
}

export function network({ server, refusedPort: port }: Bench, plan: Plan): Network {
  const clock = virtualRuntime({ startsAt });
  const requests = new Map<string, number>();
  let reportHang: (word: "hang") => void;
  const hang = new Promise<"hang">((resolve) => {
    reportHang = resolve;
  });
  const silence = () => void (clock.advanceToNext() || reportHang("hang"));
  server.onStall(() => setImmediate(silence));

  const fetch: Fetch = async (address, init) => {
    const url = new URL(address);
    const nth = (requests.get(address) ?? 0) + 1;
    requests.set(address, nth);
    const fault = plan(nth, url);
    if (fault === undefined) return globalThis.fetch(url, init);
    if (fault.play === "refuse") url.port = String(port);
    const response = await globalThis.fetch(url, { ...init, headers: { ...init.headers, [faultHeader]: fault.name } });
    if (fault.shows.as === "silence") setImmediate(silence);
    return response;
  };
  return { fetch, clock, requests, hang, skipWait: () => queueMicrotask(() => void clock.advanceToNext()) };
}
