import * as tls from "node:tls";

/** Certificates to trust, with others besides; `undefined` for the usual ones alone. */
export function trustedBesides(others: readonly string[]): readonly string[] | undefined {
  if (others.length === 0) return undefined;
  // Newer versions of Node can tell what they trust, with what the environment and the system add to it.
  const { getCACertificates } = tls as { getCACertificates?: (type: "default") => string[] };
  return [...(getCACertificates?.("default") ?? tls.rootCertificates), ...others];
}
