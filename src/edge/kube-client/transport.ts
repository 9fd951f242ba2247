import { request as plainRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import type { Connection, Credentials } from "./credentials.ts";
import { KubeError } from "./kube-error.ts";
import { readFailure } from "./read-failure.ts";

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** Ends the request, at any time until its body has been read. */
  readonly signal?: AbortSignal;
}

/** Requests with an answer each. What is not good is a KubeError. */
export interface Transport {
  /** The answer's whole body, within the time limit. */
  text(request: TransportRequest): Promise<string>;
  /** The answer as soon as it begins, within the time limit; its body may take as long as it likes. */
  open(request: TransportRequest): Promise<IncomingMessage>;
  close(): void;
}

export interface TransportOptions {
  readonly credentials: Credentials;
  readonly userAgent: string;
  readonly timeoutMs: number;
}

export function createTransport({ credentials, userAgent, timeoutMs }: TransportOptions): Transport {
  const open = new Set<ClientRequest>();
  let closed = false;
  const asked = async (request: TransportRequest, limit: TimeLimit, attempt = 1): Promise<Exchange> => {
    if (closed) throw closedError();
    const connection = await credentials.connection().catch((error: unknown) => {
      throw credentialsError(error);
    });
    try {
      const sending = send(credentials.server, request, connection, userAgent, open);
      const exchange = await limit.during(sending.answered, sending.end);
      const { response } = exchange;
      if ((response.statusCode ?? 0) < 400) return exchange;
      throw readFailure(response.statusCode ?? 0, response.headers, await limit.during(bodyOf(response), sending.end), `${request.method} ${request.path.split("?")[0] ?? ""}`);
    } catch (error) {
      if (attempt > 1 || !mayAskAgain(error, request)) throw error;
      if (error.status === 401) credentials.renew();
      return await asked(request, limit, attempt + 1);
    }
  };
  return {
    text: async (request) => {
      const limit = timeLimit(timeoutMs);
      try {
        const { end, response } = await asked(request, limit);
        return await limit.during(bodyOf(response), end);
      } finally {
        limit.clear();
      }
    },
    open: async (request) => {
      const limit = timeLimit(timeoutMs);
      try {
        return (await asked(request, limit)).response;
      } finally {
        limit.clear();
      }
    },
    close: () => {
      closed = true;
      for (const sent of open) sent.destroy(closedError());
      credentials.close();
    },
  };
}

interface Exchange {
  readonly response: IncomingMessage;
  readonly end: () => void;
}

/** One request on its way, kept in `open` until it is over. */
function send(server: string, request: TransportRequest, { agent, headers }: Connection, userAgent: string, open: Set<ClientRequest>): { readonly answered: Promise<Exchange>; readonly end: () => void } {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const content = body === undefined ? {} : { "content-type": request.contentType ?? "application/json", "content-length": Buffer.byteLength(body) };
  const make = server.startsWith("http:") ? plainRequest : tlsRequest;
  const sent = make(server + request.path, { method: request.method, agent, headers: { accept: "application/json", "user-agent": userAgent, ...headers, ...content } });
  const end = (): void => void sent.destroy(new KubeError(0, "ended", { reason: "Closed" }));
  open.add(sent);
  request.signal?.addEventListener("abort", end, { once: true });
  sent.once("close", () => {
    open.delete(sent);
    request.signal?.removeEventListener("abort", end);
  });
  const answered = new Promise<Exchange>((resolve, reject) => {
    sent.once("response", (response) => resolve({ response, end }));
    sent.on("error", (error) => reject(failure(error, sent)));
  });
  if (request.signal?.aborted === true) end();
  else sent.end(body);
  return { answered, end };
}

/** Once more, when the credentials may have been replaced, or when a connection that was kept had ended before we wrote. */
function mayAskAgain(error: unknown, { method }: TransportRequest): error is KubeError {
  return error instanceof KubeError && (error.status === 401 || (error.reason === "Stale" && method !== "POST"));
}

/** A time that all steps of one request have together. */
interface TimeLimit {
  during<T>(step: Promise<T>, giveUp: () => void): Promise<T>;
  clear(): void;
}

function timeLimit(timeoutMs: number): TimeLimit {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const timer = setTimeout(end, timeoutMs);
  return {
    during: (step, giveUp) =>
      Promise.race([
        step,
        over.then((): never => {
          giveUp();
          throw new KubeError(0, `no answer within ${timeoutMs / 1000} s`, { reason: "Unreachable" });
        }),
      ]),
    clear: () => clearTimeout(timer),
  };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch (error) {
    throw unreachable(error);
  }
  return Buffer.concat(parts).toString("utf8");
}

function failure(error: unknown, sent: ClientRequest): KubeError {
  const stale = sent.reusedSocket && error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
  return unreachable(error, stale ? "Stale" : "Unreachable");
}

/** The error of a connection that could not be made or broke. */
export function unreachable(error: unknown, reason = "Unreachable"): KubeError {
  if (error instanceof KubeError) return error;
  const said = error instanceof AggregateError ? error.errors.map(messageOf).join("; ") : messageOf(error);
  return new KubeError(0, `the API server cannot be reached: ${said}`, { reason, cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function credentialsError(error: unknown): KubeError {
  return error instanceof KubeError ? error : new KubeError(0, `no credentials for the API server: ${messageOf(error)}`, { reason: "Credentials", cause: error });
}

function closedError(): KubeError {
  return new KubeError(0, "the client is closed", { reason: "Closed" });
}
