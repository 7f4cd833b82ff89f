import type { Operation } from "../../src/operation.js";
import type { SfcEvent } from "../../src/wrappers/events.js";
import type { Middleware } from "../../src/wrappers/middleware.js";
import type { ClientOptions, Fetch } from "../../src/wrappers/options.js";
import { type VirtualRuntime, virtualRuntime } from "../support/virtual-runtime.js";
import type { Fault } from "./fault.js";
import { startsAt } from "./faults.js";
import { refusedPort } from "./refused-port.js";
import { type FaultServer, faultHeader, startFaultServer } from "./server.js";

/** The misbehaving service, a port without a service, and the `fetch` that sends the requests. */
export interface Bench {
  readonly server: FaultServer;
  readonly refusedPort: number;
  readonly fetch: Fetch;
  readonly middleware?: readonly Middleware[];
  close(): Promise<void>;
}

export async function startBench(operations: readonly Operation[], fetch: Fetch = globalThis.fetch): Promise<Bench> {
  const [server, port] = await Promise.all([startFaultServer(operations), refusedPort()]);
  return { server, refusedPort: port, fetch, close: () => server.close() };
}

/** Chooses the fault of a request. `nth` counts the requests to one URL, from 1. */
export type Plan = (nth: number, url: URL) => Fault | undefined;

/** The network and the clock of a client: real sockets with planned faults, and a clock that moves only when the client waits for it. */
export interface Network {
  readonly options: ClientOptions;
  readonly clock: VirtualRuntime;
  readonly events: SfcEvent[];
  /** The number of requests to each URL. */
  readonly requests: Map<string, number>;
  /** Resolves when the client waits for a response that will never arrive, and has no timer that would end the wait. */
  readonly hang: Promise<"hang">;
}

export interface NetworkOptions {
  token?: string;
  /** Whether the clock moves automatically once nothing more will arrive. @default true */
  silencePasses?: boolean;
}

export function network(
  { server, refusedPort: port, fetch: transport, middleware }: Bench,
  plan: Plan,
  { token = "sk_live_bench", silencePasses = true }: NetworkOptions = {},
): Network {
  const clock = virtualRuntime({ startsAt });
  const requests = new Map<string, number>();
  const events: SfcEvent[] = [];
  let reportHang: (word: "hang") => void;
  const hang = new Promise<"hang">((resolve) => {
    reportHang = resolve;
  });
  const meetSilence = () => {
    if (silencePasses) setImmediate(() => void (clock.advanceToNext() || reportHang("hang")));
  };
  server.onStall(meetSilence);
  server.onPass((ms) => silencePasses && clock.advance(ms));

  const fetch: Fetch = async (address, init) => {
    const url = new URL(address);
    const nth = (requests.get(address) ?? 0) + 1;
    requests.set(address, nth);
    const fault = plan(nth, url);
    if (fault === undefined) return transport(url.href, init);
    if (fault.play === "refuse") url.port = String(port);
    const headers = { ...init.headers, [faultHeader]: fault.name };
    const response = await transport(url.href, { ...init, headers });
    if (fault.shows.as === "silence") meetSilence();
    return response;
  };
  const onEvent = (event: SfcEvent) => {
    events.push(event);
    // This is called just before the client starts to wait.
    if (event.type === "retry") queueMicrotask(() => void clock.advanceToNext());
  };
  const options = { token, baseUrl: server.url, fetch, runtime: clock, onEvent, middleware };
  return { options, clock, events, requests, hang };
}

/** A plan with the same fault for the first `count` requests to every URL. */
export function firstRequests(count: number, fault: Fault): Plan {
  return (nth) => (nth <= count ? fault : undefined);
}
