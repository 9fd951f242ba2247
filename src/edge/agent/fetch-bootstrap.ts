import { setTimeout as sleep } from "node:timers/promises";
import { asObject, asString } from "../../core/base/json.ts";
import type { JsonObject } from "../../core/base/json.ts";
import { ask, type Answer } from "./ask.ts";
import { createBackOff } from "./back-off.ts";
import type { AgentLog } from "./log.ts";

export interface BootstrapSource {
  /** `https://host:port` of the control plane's port for proxies. */
  readonly cpAddress: string;
  /** PEM of the CA that signed its certificate; default: the machine's CAs. */
  readonly caPem?: string;
  /** Read anew for each request: it may be replaced while we wait. */
  token(): Promise<string | undefined>;
  readonly request: JsonObject;
  readonly logger: AgentLog;
  readonly signal: AbortSignal;
}

/** The control plane says that it will not give a bootstrap, and why. Asking again is of no use. */
export class BootstrapRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "BootstrapRefused";
    this.status = status;
  }
}

const requestMs = 15_000;
const firstWaitMs = 500;
const longestWaitMs = 10_000;

/** Answers that another moment may change: no Dataplane yet (without a body, as Kuma says it), too much to do, a fault. */
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/**
 * The bootstrap, as YAML. Asks until there is one, with growing pauses, while the control plane cannot be reached, or has no Dataplane
 * of this name yet. @throws BootstrapRefused for every other answer.
 */
export async function fetchBootstrap(source: BootstrapSource): Promise<string> {
  const { logger, signal } = source;
  const backOff = createBackOff(firstWaitMs, longestWaitMs);
  for (;;) {
    const trouble = await askOnce(source);
    if ("bootstrap" in trouble) return trouble.bootstrap;
    const waitMs = backOff.next();
    logger.warn({ cpAddress: source.cpAddress, waitMs: Math.round(waitMs) }, `no bootstrap yet: ${trouble.reason}`);
    await sleep(waitMs, undefined, { signal });
  }
}

async function askOnce(source: BootstrapSource): Promise<{ readonly bootstrap: string } | { readonly reason: string }> {
  const token = await source.token();
  const headers = { "content-type": "application/json", accept: "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const { cpAddress, caPem, request, signal } = source;
  try {
    const tls = caPem === undefined ? {} : { ca: caPem };
    return read(await ask({ method: "POST", url: `${cpAddress}/bootstrap`, headers, body: JSON.stringify(request), ...tls, timeoutMs: requestMs, signal }));
  } catch (error) {
    if (error instanceof BootstrapRefused || signal.aborted) throw error;
    return { reason: connectionReason(error) };
  }
}

function read({ status, body }: Answer): { readonly bootstrap: string } | { readonly reason: string } {
  if (status === 404 && body === "") return { reason: "the control plane has no Dataplane of this name" };
  if (passing.has(status)) return { reason: `status ${status}${body === "" ? "" : `: ${body.slice(0, 500)}`}` };
  if (status !== 200) throw new BootstrapRefused(status, `status ${status}: ${body.trim().slice(0, 4_000)}`);
  const bootstrap = asString(asObject(parseJson(body))?.["bootstrap"]);
  if (bootstrap === undefined) throw new BootstrapRefused(status, "the answer has no bootstrap in it: is this the port for proxies?");
  return { bootstrap: Buffer.from(bootstrap, "base64").toString("utf8") };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Not to be mended by waiting: whom we talk to is not whom we trust. It may still be mended there, so we go on asking, and say it. */
function connectionReason(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return code === "" || message.includes(code) ? message : `${message} (${code})`;
}
