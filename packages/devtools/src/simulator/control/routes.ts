import type { Context, Hono } from "hono";
import { aCount, anObject, type Check, mustBe, type Overrides, optional, shapeOf } from "../checks.js";
import { errorBody } from "../http/errors.js";
import type { ServerEnv } from "../http/send.js";
import type { Simulator } from "../start.js";
import { isSavedWorld, type SavedWorld } from "../storage/saved-world.js";
import type { Span } from "../time/clock.js";
import type { World } from "../world/world.js";
import { controlDocument } from "./document.js";
import { hasToken, refuseForeign } from "./guard.js";

type Route = Context<ServerEnv>;
/** Returns the body of the response, or `undefined` for 204. Throws a `TypeError` or `RangeError` for an invalid request. */
type Handler = (simulator: Simulator, c: Route) => unknown;

const aTime = mustBe('a time such as "2026-07-28T08:00:00Z"', (value) => !Number.isNaN(Date.parse(String(value))));
const pageSize = mustBe("a whole number from 1 to 10000", (value) => Number(value) >= 1 && Number(value) <= 10_000);

const handlers: Readonly<Record<string, Handler>> = {
  "GET /clock": clock,
  "PUT /clock": async (simulator, c) => {
    const { now } = await readBody<{ now: string }>(c, shapeOf({ now: aTime }));
    simulator.advanceTo(new Date(now));
    return clock(simulator);
  },
  "POST /clock/advance": async (simulator, c) => {
    simulator.advance(await readBody<Span>(c, anObject));
    return clock(simulator);
  },
  "GET /faults": ({ faults }) => ({ data: faults.list().map(presentFault) }),
  "POST /faults": async ({ faults }, c) => presentFault(faults.add(await readBody(c, anObject), "body")),
  "DELETE /faults": ({ faults }) => faults.clear(),
  "DELETE /faults/:id": ({ faults }, c) => {
    const fault = faults.list().find(({ id }) => id === c.req.param("id"));
    if (fault === undefined) return notFound;
    return fault.remove();
  },
  "POST /reset": ({ reset }) => reset(),
  "GET /state": ({ state }) => ({ ...state }),
  "GET /requests": ({ requests }, c) => {
    const { after = 0, limit = 1_000 } = readQuery(c, shapeOf({ after: optional(aCount), limit: optional(pageSize) }));
    const later = requests.filter(({ number }) => number > after);
    return { data: later.slice(0, limit).map((entry) => ({ ...entry })), hasMore: later.length > limit };
  },
  "GET /world": ({ save }) => save(),
  "PUT /world": async ({ load, reset }, c) => {
    const world = await readBody<SavedWorld | Overrides<World>>(c, anObject);
    return isSavedWorld(world) ? load(world) : reset(world);
  },
};

const notFound = Symbol("not found");
const created: ReadonlySet<string> = new Set(["POST /faults"]);
const root = "/_simulator";

/** Adds the routes that `openapi.json` describes. `simulator` is called for each request, because the routes are added before the simulator exists. */
export function addControl(app: Hono<ServerEnv>, simulator: () => Simulator): void {
  app.use(`${root}/*`, async (c, next) => {
    const foreign = refuseForeign(c);
    if (foreign !== undefined) return c.json(errorBody(403, foreign), 403);
    return next();
  });
  app.get(`${root}/openapi.json`, (c) => c.json(controlDocument));
  for (const [route, handle] of Object.entries(handlers)) {
    const [method = "", path = ""] = route.split(" ");
    app.on(method, root + path, async (c) => {
      if (!hasToken(c, simulator().token)) return c.json(errorBody(401, "the bearer token is missing or wrong"), 401);
      try {
        const body = await handle(simulator(), c);
        if (body === notFound) return c.json(errorBody(404, "fault not found"), 404);
        return body === undefined ? c.body(null, 204) : c.json(body, created.has(route) ? 201 : 200);
      } catch (error) {
        if (!(error instanceof Error) || isDefect(error)) throw error;
        return c.json(errorBody(422, error.message), 422);
      }
    });
  }
}

/** Whether an error is a defect of the simulator. The messages of failed checks begin with the name of a value, as do those for an inconsistent world. */
function isDefect({ message }: Error): boolean {
  return !/^(body|saved|world|query|time|span|fault|rule|a "|the world)/.test(message);
}

function clock({ now }: Simulator) {
  return { now: now.toISOString(), unixSeconds: Math.floor(now.getTime() / 1_000) };
}

function presentFault({ id, rule, struck }: ReturnType<Simulator["faults"]["add"]>) {
  return { id, rule, struck };
}

async function readBody<T>(c: Route, check: Check): Promise<T> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw new TypeError("body must be JSON");
  }
  check(body, "body");
  return body as T;
}

function readQuery(c: Route, check: Check): { after?: number; limit?: number } {
  const query = Object.fromEntries(Object.entries(c.req.query()).map(([name, value]) => [name, Number(value)]));
  check(query, "query");
  return query;
}
