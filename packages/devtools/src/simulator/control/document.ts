import { controlSchemas } from "./schemas.js";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ "application/json": { schema } });
const body = (schema: object) => ({ required: true, content: json(schema) });
const success = (description: string, schema?: object) => ({ description, ...(schema && { content: json(schema) }) });
const failure = (description: string) => ({ description, content: json(ref("Error")) });
const refused = {
  401: failure("The token is missing or wrong."),
  403: failure("The Host or Origin header names another machine."),
};
const invalid = { 422: failure("The request is invalid; the message names the member.") };
const list = (items: object) => ({ type: "array", items });

const clock = {
  get: {
    operationId: "getClock",
    summary: "Read the simulated time",
    responses: { 200: success("The time.", ref("Clock")), ...refused },
  },
  put: {
    operationId: "setClock",
    summary: "Set the simulated time, which only moves forward",
    requestBody: body({
      type: "object",
      required: ["now"],
      properties: { now: { type: "string", format: "date-time" } },
      additionalProperties: false,
    }),
    responses: { 200: success("The time.", ref("Clock")), ...refused, ...invalid },
  },
};

const faults = {
  get: {
    operationId: "listFaults",
    summary: "List the faults",
    responses: {
      200: success("The faults, oldest first.", {
        type: "object",
        required: ["data"],
        properties: { data: list(ref("ActiveFault")) },
      }),
      ...refused,
    },
  },
  post: {
    operationId: "addFault",
    summary: "Add a fault",
    requestBody: body(ref("FaultRule")),
    responses: { 201: success("The fault.", ref("ActiveFault")), ...refused, ...invalid },
  },
  delete: {
    operationId: "clearFaults",
    summary: "Remove all faults",
    responses: { 204: success("They are removed."), ...refused },
  },
};

const world = {
  get: {
    operationId: "saveWorld",
    summary: "Save everything that the simulator remembers",
    responses: { 200: success("A saved world.", ref("SavedWorld")), ...refused },
  },
  put: {
    operationId: "loadWorld",
    summary: "Continue a saved world, or begin with a written one",
    requestBody: body({
      type: "object",
      description: "What saveWorld returned; or members that replace those of the default world.",
    }),
    responses: { 204: success("It is loaded; faults and request log are cleared."), ...refused, ...invalid },
  },
};

/** Describes the control API of the simulator; `/_simulator/openapi.json` returns it. */
export const controlDocument: object = {
  openapi: "3.1.0",
  info: {
    title: "Simulator control",
    version: "1",
    description: "Controls a simulator of the SF Compute preview API that was started with `simulate --control`.",
  },
  servers: [{ url: "http://127.0.0.1:4010" }],
  security: [{ token: [] }],
  paths: {
    "/_simulator/clock": clock,
    "/_simulator/clock/advance": {
      post: {
        operationId: "advanceClock",
        summary: "Advances simulated time; everything that is due happens at its own time",
        requestBody: body(ref("Span")),
        responses: { 200: success("The time.", ref("Clock")), ...refused, ...invalid },
      },
    },
    "/_simulator/faults": faults,
    "/_simulator/faults/{id}": {
      delete: {
        operationId: "removeFault",
        summary: "Remove a fault",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        responses: { 204: success("It is removed."), ...refused, 404: failure("There is no such fault.") },
      },
    },
    "/_simulator/reset": {
      post: {
        operationId: "reset",
        summary: "Begin again, as just started",
        responses: { 204: success("It begins again."), ...refused },
      },
    },
    "/_simulator/state": {
      get: {
        operationId: "getState",
        summary: "Read what has been committed",
        responses: { 200: success("The state.", ref("State")), ...refused },
      },
    },
    "/_simulator/requests": {
      get: {
        operationId: "listRequests",
        summary: "Read the request log",
        parameters: [
          {
            name: "after",
            in: "query",
            description: "Only requests with a higher number.",
            schema: { type: "integer", minimum: 0, default: 0 },
          },
          { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 10_000, default: 1_000 } },
        ],
        responses: {
          200: success("Requests, oldest first.", {
            type: "object",
            required: ["data", "hasMore"],
            properties: { data: list(ref("Request")), hasMore: { type: "boolean" } },
          }),
          ...refused,
          ...invalid,
        },
      },
    },
    "/_simulator/world": world,
    "/_simulator/openapi.json": {
      get: {
        operationId: "getDocument",
        summary: "Read this document",
        security: [],
        responses: { 200: success("This document.", { type: "object" }), 403: refused[403] },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
    schemas: controlSchemas,
  },
};
