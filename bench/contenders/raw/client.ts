/** What a careful person writes by hand: the token, JSON both ways, and an error for what is not a success. Nothing else. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`The service answered ${status}.`);
  }
}

export interface Input {
  query?: Record<string, string | number | readonly string[] | undefined>;
  body?: unknown;
  key?: string;
}

export type Send = <T>(method: string, path: string, input?: Input) => Promise<T>;

export function createClient(baseUrl: string, token: string): Send {
  return async <T>(method: string, path: string, { query, body, key }: Input = {}): Promise<T> => {
    const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (key !== undefined) headers["idempotency-key"] = key;
    const response = await fetch(baseUrl + path + (query ? `?${queryOf(query)}` : ""), {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new HttpError(response.status, await response.text());
    return (await response.json()) as T;
  };
}

function queryOf(query: NonNullable<Input["query"]>): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parts.push(`${name}=${encodeURIComponent(one)}`);
  }
  return parts.join("&");
}
