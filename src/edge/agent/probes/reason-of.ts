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
  const { code = "" } = error as NodeJS.ErrnoException;
  return known[code] ?? error.message.split("\n", 1)[0] ?? code;
}
