/** A question for an app. */
export interface Question {
  readonly scheme: "http" | "https";
  readonly port: number;
  /** Path and query, as it stands in a request. */
  readonly target: string;
  readonly host: string;
  /** Names and values in turn, without Host and what belongs to a connection. */
  readonly headers: readonly string[];
}

/** They say something of the connection on which they came, or of a body, which a probe has none of. */
const notForwarded: ReadonlySet<string> = new Set([
  "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
]);

/** Everything else of a request goes on to the app as it came. */
export function forwardedHeaders(rawHeaders: readonly string[]): readonly string[] {
  const forwarded: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = rawHeaders.slice(i, i + 2);
    if (!notForwarded.has(name.toLowerCase())) forwarded.push(name, value);
  }
  return forwarded;
}

/**
 * The Host that the app is to see: the one that was sent, which is the one of the probe where its author gave one. The kubelet's own
 * names the agent's port where it would have named the app's.
 *
 * @param usual for a request that names none.
 */
export function forwardedHost(rawHeaders: readonly string[], ownPort: number, appPort: number, usual: string): string {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === "host");
  const host = at < 0 ? "" : rawHeaders[at + 1] ?? "";
  if (host === "") return usual;
  return host.endsWith(`:${ownPort}`) ? `${host.slice(0, -String(ownPort).length)}${appPort}` : host;
}
