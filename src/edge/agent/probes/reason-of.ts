const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the app does not listen there",
  ECONNRESET: "the app reset the connection",
  ETIMEDOUT: "the app cannot be reached",
  EHOSTUNREACH: "the app cannot be reached",
  EADDRNOTAVAIL: "no port is left to ask the app from",
};

/** What went wrong with a probe, for people. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
  if (code.startsWith("ERR_SSL_") && reason !== undefined) return `TLS: ${reason}`;
  return known[code] ?? error.message.split("\n", 1)[0] ?? code;
}
