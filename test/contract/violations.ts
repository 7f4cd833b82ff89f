interface Diagnostic {
  readonly code: string;
  readonly severity: string;
}

/** The violations that the mock server found, or `undefined`. A warning about a deprecated parameter is no violation, because the parameter can still be sent. */
export function violationsIn(headers: Headers): string | undefined {
  const text = headers.get("sl-violations");
  if (text === null || !isJson(text)) return text ?? undefined;
  const found = (JSON.parse(text) as Diagnostic[]).filter((one) => !isHint(one));
  return found.length === 0 ? undefined : JSON.stringify(found);
}

function isHint({ code, severity }: Diagnostic): boolean {
  return code === "deprecated" && severity === "Warning";
}

/** When the violations do not fit into a header, the server sends the first part, which may end anywhere. */
function isJson(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
