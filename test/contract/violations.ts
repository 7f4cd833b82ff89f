interface Diagnostic {
  readonly code: string;
  readonly severity: string;
}

/** What the mock server found wrong, or nothing. That a parameter is deprecated is a hint: it is still there to be sent. */
export function violationsIn(headers: Headers): string | undefined {
  const text = headers.get("sl-violations");
  if (text === null || !isJson(text)) return text ?? undefined;
  const found = (JSON.parse(text) as Diagnostic[]).filter((one) => !isHint(one));
  return found.length === 0 ? undefined : JSON.stringify(found);
}

function isHint({ code, severity }: Diagnostic): boolean {
  return code === "deprecated" && severity === "Warning";
}

/** Of more than a header holds the server shows the first part, which is cut anywhere. */
function isJson(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
