import type {
  BodySerializer,
  Middleware,
  PathSerializer,
  QuerySerializer,
  QuerySerializerOptions,
} from "openapi-fetch";
import {
  aFunction,
  anObject,
  type Check,
  type Checks,
  checkedElsewhere,
  checkOptions,
  oneOf,
  readOptions,
} from "../wrappers/checks.js";
import type { ClientOptions, KeyedCallOptions } from "../wrappers/options.js";
import { callChecks, clientChecks, readClientOptions, type Settings } from "../wrappers/options.js";
import { type PathHeaders, type ReadHeaders, readClientHeaders } from "./headers.js";

type FetchName =
  | "cache"
  | "credentials"
  | "integrity"
  | "keepalive"
  | "mode"
  | "priority"
  | "referrer"
  | "referrerPolicy";

/** Options that are passed to `fetch` unchanged. Node's types declare fewer of them than the types of the DOM. */
export interface FetchInit extends Pick<RequestInit, Extract<keyof RequestInit, FetchName>> {}

/** Options of `createPathClient`: those of `SfcClient`, and the supported ones of openapi-fetch. */
export interface PathClientOptions extends Omit<ClientOptions, "headers">, FetchInit {
  /** Headers for every call. A call can change one, or remove it with `null`. `authorization` and `idempotency-key` are refused. */
  headers?: PathHeaders | undefined;
  /** Serializes the query, or configures how arrays and objects are serialized. @default arrays repeat their name */
  querySerializer?: QuerySerializer<unknown> | QuerySerializerOptions | undefined;
  /** Serializes the body. @default JSON; throws for values that JSON cannot represent */
  bodySerializer?: BodySerializer<unknown> | undefined;
  /** Inserts values into a path. @default percent-encoded segments; throws for a value that would lead to another path */
  pathSerializer?: PathSerializer | undefined;
  /** Additional `RequestInit` members for every request, such as undici's `dispatcher`. */
  requestInitExt?: Record<string, unknown> | undefined;
}

/** Options of one call by path, untyped. */
export interface PathInit extends FetchInit {
  baseUrl?: string;
  params?: { query?: Record<string, unknown>; path?: Record<string, unknown>; header?: unknown; cookie?: never };
  body?: unknown;
  headers?: unknown;
  parseAs?: string;
  middleware?: Middleware[];
  fetch?: (request: Request, init: RequestInit) => Promise<Response>;
  querySerializer?: QuerySerializer<unknown> | QuerySerializerOptions;
  bodySerializer?: BodySerializer<unknown>;
  pathSerializer?: PathSerializer;
  signal?: AbortSignal;
  idempotencyKey?: string;
}

const aSerializer: Check = [
  (value) => typeof value === "function" || anObject[0](value),
  "must be a function, or an object of settings",
];

const fetchChecks: Checks<FetchInit> = {
  cache: checkedElsewhere,
  credentials: checkedElsewhere,
  integrity: checkedElsewhere,
  keepalive: checkedElsewhere,
  mode: checkedElsewhere,
  priority: checkedElsewhere,
  referrer: checkedElsewhere,
  referrerPolicy: checkedElsewhere,
};

export const fetchNames = Object.keys(fetchChecks) as Exclude<keyof FetchInit, "priority">[];

/** Non-standard options of `fetch`: Next.js, Cloudflare, undici. */
const runtimeChecks = {
  next: checkedElsewhere,
  cf: checkedElsewhere,
  dispatcher: checkedElsewhere,
  duplex: checkedElsewhere,
};

const serializerChecks = { querySerializer: aSerializer, bodySerializer: aFunction, pathSerializer: aFunction };

const { headers: _clientHeaders, ...sharedChecks } = clientChecks;

const ownChecks: Checks<Omit<PathClientOptions, keyof typeof sharedChecks>> = {
  ...fetchChecks,
  ...serializerChecks,
  headers: checkedElsewhere,
  requestInitExt: anObject,
};

const { lookAhead: _, ...sharedCallChecks } = callChecks;

const initChecks: Readonly<Record<string, Check>> = {
  params: anObject,
  body: checkedElsewhere,
  ...sharedCallChecks,
  baseUrl: [(value) => typeof value === "string", "must be a string"],
  parseAs: oneOf("json", "text", "blob", "arrayBuffer", "stream"),
  middleware: [
    // openapi-fetch ignores a member that is not an object, so a function that signs or limits requests would never be called.
    (value) => Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null),
    "must be a list of objects with onRequest, onResponse or onError",
  ],
  fetch: aFunction,
  ...serializerChecks,
  ...fetchChecks,
  ...runtimeChecks,
};

export type Serializers = Pick<PathInit, "querySerializer" | "bodySerializer" | "pathSerializer">;

/** A path client's options, checked. */
export interface PathSettings {
  readonly settings: Settings;
  readonly headers: ReadHeaders;
  /** Options for every call of `fetch`. */
  readonly fetchInit: Readonly<Record<string, unknown>>;
  readonly serializers: Serializers;
}

/** Checks a path client's options. Throws `UsageError`, naming the option. */
export function readPathClientOptions(given: PathClientOptions): PathSettings {
  const options = readOptions<PathClientOptions>(given, { ...sharedChecks, ...ownChecks });
  return {
    settings: readClientOptions(pick(options, sharedChecks)),
    headers: readClientHeaders(options.headers),
    fetchInit: { ...options.requestInitExt, ...pick(options, fetchChecks) },
    serializers: pick(options, serializerChecks),
  };
}

/** Checks the options of a call by path. Throws `UsageError`, naming the option. */
export function readPathInit(given: object | null | undefined): PathInit {
  checkOptions(given ?? {}, initChecks);
  checkOptions((given as PathInit | undefined)?.params ?? {}, paramChecks, "options.params");
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => (value ?? undefined) !== undefined));
}

/** The options of a call that are passed to `fetch` unchanged. */
export function pickFetchInit(init: PathInit): Record<string, unknown> {
  return pick(init, { ...fetchChecks, ...runtimeChecks });
}

/** The options of a call that methods accept too. */
export function pickCallOptions(init: PathInit): KeyedCallOptions {
  const { headers: _, ...options } = pick(init, sharedCallChecks) as KeyedCallOptions;
  return options;
}

function pick(from: object, names: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => Object.hasOwn(names, name)));
}

const paramChecks = {
  query: anObject,
  path: anObject,
  header: checkedElsewhere,
  cookie: [() => false, "cannot be sent: fetch does not let a program set it"] satisfies Check,
};
