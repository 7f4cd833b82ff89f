/** Who is measured. Their programs stand in `contenders/<id>/`. */
export const contenders = {
  raw: "raw fetch",
  "openapi-fetch": "openapi-fetch",
  redocly: "redocly client",
  ours: "ours",
  "ours-node": "ours, ./node",
} as const;

export type Contender = keyof typeof contenders;

export const names = Object.keys(contenders) as Contender[];

/** Those that differ in more than what sends the request. */
export const clients = ["raw", "openapi-fetch", "redocly", "ours"] as const satisfies readonly Contender[];
