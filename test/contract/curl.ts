/** A request that a curl command in the API's documentation sends. */
export interface CurlRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Reads the options that the documentation's samples use: `--request`, `--url`, `--header`, `--data`, with single quotes. */
export function parseCurl(command: string): CurlRequest {
  const words = [...command.matchAll(/'([^']*)'|([^\s\\']+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const valuesOf = (option: string) => words.filter((_, i) => words[i - 1] === option);
  const [method = "GET"] = valuesOf("--request");
  const [url = ""] = valuesOf("--url");
  const [data = ""] = valuesOf("--data");
  return {
    method,
    target: url.slice(new URL(url).origin.length),
    headers: Object.fromEntries(
      valuesOf("--header").map((header) => {
        const [name = "", ...value] = header.split(": ");
        return [name.toLowerCase(), value.join(": ")];
      }),
    ),
    // The samples are formatted for reading. The request contains the compact JSON.
    body: data === "" ? "" : JSON.stringify(JSON.parse(data)),
  };
}
