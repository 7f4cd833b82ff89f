/** One client process. It runs the steps of each lane in order, and reports the result of each step. */
import { AsyncLocalStorage } from "node:async_hooks";
import { SfcClient } from "../../src/index.js";
import { createNodeFetch } from "../../src/node.js";
import { createPathClient } from "../../src/paths.js";
import type { Fetch, Runtime } from "../../src/wrappers/options.js";
import { Clock } from "./clock.js";
import { headers, type ToClient, type ToRunner } from "./messages.js";
import { type Clients, perform } from "./perform.js";
import type { Step } from "./plan.js";
import { endFor } from "./result.js";

type Start = Extract<ToClient, { type: "start" }>;

const currentStep = new AsyncLocalStorage<string>();
const running = new Set<string>();
/** Requests that wait for a response, with the functions that mark them as silent or as active again. */
const underWay = new Map<number, { idle: () => void; resume: () => void }>();
let clock: Clock | undefined;

function send(message: ToRunner): void {
  process.send?.(message);
}

process.on("message", (message: ToClient) => {
  if (message.type === "start") void start(message);
  else if (message.type === "silent") underWay.get(message.request)?.idle();
  else {
    const { request, ms } = message;
    const waiting = underWay.get(request);
    if (waiting === undefined) return;
    clock?.setTimeout(() => {
      // A response without a body can be complete before the rest of it is sent.
      if (underWay.get(request) === waiting) waiting.resume();
      send({ type: "release", request });
    }, ms);
    waiting.idle();
  }
});
process.on("disconnect", () => process.exit(0));
send({ type: "ready" });

async function start({ process: number, life, seed, transport, dateMs, scene, lanes }: Start): Promise<void> {
  const time = new Clock(dateMs, `${seed} ${number} ${life}`, () => {
    if (running.size > 0) send({ type: "hang", steps: [...running] });
  });
  clock = time;
  const nodeFetch = transport === "node" ? createNodeFetch() : undefined;
  const fetch = observed(nodeFetch ?? ((url, init) => globalThis.fetch(url, init)), time, { number, life });
  // A plain object with the members of the clock, because the option refuses instances of classes, whose methods it would not see.
  const runtime: Runtime = { ...time };
  const options = { token: scene.token, baseUrl: scene.url, fetch, runtime };
  const clients: Clients = {
    sfc: new SfcClient(options),
    newClient: () => new SfcClient(options),
    paths: createPathClient(options),
    fetch,
    runtime,
    scene,
  };
  await Promise.all(lanes.map((steps) => runLane(steps, clients, time)));
  send({ type: "finished" });
}

async function runLane(steps: readonly Step[], clients: Clients, time: Clock): Promise<void> {
  for (const step of steps) {
    const idle = time.busy();
    running.add(step.id);
    send({ type: "invoke", step: step.id, dateMs: time.dateMs() });
    const ending = currentStep.run(step.id, () => endFor(() => perform(clients, step)));
    idle();
    const end = await ending;
    running.delete(step.id);
    send({ type: "end", step: step.id, dateMs: time.dateMs(), end });
  }
}

let requests = 0;

/** Adds the step to each request, and stops the clock while a response is expected. */
function observed(transport: Fetch, time: Clock, { number, life }: { number: number; life: number }): Fetch {
  return async (url, init) => {
    const request = ++requests;
    let done = time.busy();
    const waiting = {
      idle: () => done(),
      resume: () => {
        done = time.busy();
      },
    };
    underWay.set(request, waiting);
    const finish = () => {
      underWay.delete(request);
      done();
    };
    const marks = {
      [headers.request]: String(request),
      [headers.process]: String(number),
      [headers.life]: String(life),
      [headers.step]: currentStep.getStore() ?? "",
      [headers.clock]: String(time.dateMs()),
    };
    try {
      const response = await transport(url, { ...init, headers: { ...plainHeaders(init.headers), ...marks } });
      return watchedResponse(response, finish);
    } catch (error) {
      finish();
      throw error;
    }
  };
}

function plainHeaders(given: RequestInit["headers"]): Record<string, string> {
  return Object.fromEntries(new Headers(given));
}

/** The same response, with a callback for when its body has been read or will never be read. */
function watchedResponse(response: Response, onEnd: () => void): Response {
  const { body } = response;
  if (body === null) {
    onEnd();
    return response;
  }
  let watched: ReadableStream<Uint8Array> | undefined;
  const readText = response.text.bind(response);
  const text = () => readText().finally(onEnd);
  return Object.defineProperties(response, {
    body: { get: () => (watched ??= watchedStream(body, onEnd)) },
    text: { value: text },
  });
}

/** The same stream, with a callback for its end, whether it succeeds or fails. */
function watchedStream(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        onEnd();
        controller.close();
      } catch (error) {
        onEnd();
        controller.error(error);
      }
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  });
}
