import { Agent as PlainAgent, type Agent, type OutgoingHttpHeaders } from "node:http";
import { Agent as TlsAgent, type AgentOptions } from "node:https";
import { isDeepStrictEqual } from "node:util";

/** What a request needs to get through. */
export interface Connection {
  readonly headers: OutgoingHttpHeaders;
  readonly agent: Agent;
}

/** Who we are, and whom we take for the API server: read again and again, for tokens and certificates are replaced while we run. */
export interface Credentials {
  /** `https://10.96.0.1:443`, without a path's last slash. */
  readonly server: string;
  readonly namespace: string | undefined;
  connection(): Promise<Connection>;
  /** What was read last was refused: the next connection reads it anew. */
  renew(): void;
  close(): void;
}

export interface ReadCredentials {
  readonly headers: OutgoingHttpHeaders;
  readonly tls: Pick<AgentOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /** A proxy's own; used instead of one made of `tls`. */
  readonly agent?: Agent;
}

export interface CredentialsOptions {
  readonly server: string;
  readonly namespace: string | undefined;
  /** Reads them from where they are. */
  readonly read: (refused: boolean) => Promise<ReadCredentials>;
}

/** How long what was read is taken for current. A token is replaced long before it expires. */
const freshMs = 10_000;

/** A connection that nobody uses is closed after this time, before the server does it while we write. */
const idleMs = 30_000;

/** Half-open connections are found out by the system; a load balancer between does not take silence for the end. */
const keepAliveMs = 15_000;

export function createCredentials({ server, namespace, read }: CredentialsOptions): Credentials {
  let current: { readonly read: ReadCredentials; readonly agent: Agent } | undefined;
  let readAtMs = -Infinity;
  let reading: Promise<Connection> | undefined;
  let refused = false;
  const renewed = async (): Promise<Connection> => {
    const next = await read(refused);
    refused = false;
    readAtMs = performance.now();
    if (current === undefined || next.agent !== current.read.agent || !isDeepStrictEqual(next.tls, current.read.tls)) {
      current?.agent.destroy();
      current = { read: next, agent: next.agent ?? agentFor(server, next.tls) };
    } else {
      current = { read: next, agent: current.agent };
    }
    return { headers: next.headers, agent: current.agent };
  };
  return {
    server,
    namespace,
    connection: () => {
      if (current !== undefined && !refused && performance.now() - readAtMs < freshMs) return Promise.resolve({ headers: current.read.headers, agent: current.agent });
      reading ??= renewed().finally(() => (reading = undefined));
      return reading;
    },
    renew: () => void (refused = true),
    close: () => current?.agent.destroy(),
  };
}

function agentFor(server: string, tls: ReadCredentials["tls"]): Agent {
  const options = { keepAlive: true, keepAliveMsecs: keepAliveMs, timeout: idleMs };
  return server.startsWith("http:") ? new PlainAgent(options) : new TlsAgent({ ...options, ...tls });
}
