import { parse } from "yaml";
import { asNumber, asObject, asString } from "../../core/base/json.ts";
import type { AdminAddress } from "../../core/bootstrap/bootstrap-config.ts";
import type { AgentFolder } from "./agent-folder.ts";
import { createEnding } from "./ending.ts";
import { createEnvoyAdmin, type EnvoyAdmin } from "./envoy-admin.ts";
import { startEnvoy } from "./envoy-process.ts";
import type { AgentLog } from "./log.ts";
import { notReadyReason } from "./readiness.ts";
import { createSidecarReadiness } from "./sidecar-readiness.ts";
import { supervise, type FailedStart } from "./supervise.ts";

export interface AgentOptions {
  /** The bootstrap, as YAML. */
  readonly bootstrap: string;
  readonly folder: AgentFolder;
  readonly envoyPath: string;
  readonly envoyLogLevel: string;
  readonly envoyArgs: readonly string[];
  /** How long requests under way may take once it is to end. */
  readonly drainMs: number;
  /** For how long it takes connections then, however idle it is; default: 2 s. */
  readonly leastDrainMs?: number;
  /** Envoy's own drain time, for listeners that change. */
  readonly listenerDrainMs: number;
  readonly logger: AgentLog;
}

/** A proxy on this machine: one Envoy, watched over. */
export interface Agent {
  /** Resolves when the proxy is stopped, or could not be started. */
  readonly done: Promise<FailedStart | undefined>;
  /** Why it takes no traffic now; undefined: it does. */
  notReady(): Promise<string | undefined>;
  /** The same, as a sidecar's is judged: what was ready once stays ready until it is stopped or crashes. */
  notReadyAsSidecar(): Promise<string | undefined>;
  /** Envoy's statistics in Prometheus' text format; rejects while Envoy does not answer. */
  envoyMetrics(signal: AbortSignal): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Has it finish what is under way, and take nothing new, without stopping it. */
  drain(): void;
  /** Has it finish what is under way, then stops it. Called again, or when it was drained already: stops it at once. */
  end(): Promise<void>;
  /** Stops it at once. */
  quit(): Promise<void>;
}

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { folder, logger } = options;
  await folder.write("bootstrap.yaml", options.bootstrap);
  const admin = createEnvoyAdmin(adminAddress(options.bootstrap));
  const command = { envoyPath: options.envoyPath, bootstrapFile: folder.pathOf("bootstrap.yaml"), logLevel: options.envoyLogLevel, drainMs: options.listenerDrainMs, args: options.envoyArgs };
  // Who asks for the readiness may see the first answer before the supervisor does.
  let hasAnswered = false;
  const hasEverAnswered = async (): Promise<boolean> => {
    if (await answers(admin)) hasAnswered = true;
    return hasAnswered;
  };
  const supervisor = supervise({ start: () => startEnvoy(command), answers: hasEverAnswered, logger });
  const ending = createEnding(supervisor, admin, options);
  const readiness = createSidecarReadiness(admin);
  const notReady = async (ask: (envoy: object) => Promise<string | undefined>): Promise<string | undefined> => {
    if (ending.asked) return "the proxy is being stopped";
    if (supervisor.current === undefined) return "Envoy does not run";
    const reason = await ask(supervisor.current);
    if (reason === undefined) hasAnswered = true;
    return reason;
  };
  return {
    done: supervisor.done,
    notReady: () => notReady(() => notReadyReason(admin)),
    notReadyAsSidecar: () => notReady((envoy) => readiness.reason(envoy)),
    envoyMetrics: (signal) => admin.prometheus(signal),
    signal: (signal) => supervisor.current?.signal(signal),
    drain: () => void ending.drain(),
    end: () => ending.end(),
    quit: () => ending.quit(),
  };
}

async function answers(admin: EnvoyAdmin): Promise<boolean> {
  return await admin.state().then(
    () => true,
    () => false,
  );
}

/** Where a bootstrap has Envoy's admin interface. The control plane may have decided otherwise than asked. */
function adminAddress(bootstrap: string): AdminAddress {
  const address = field(field(parse(bootstrap), "admin"), "address");
  const socketPath = asString(field(field(address, "pipe"), "path"));
  if (socketPath !== undefined) return { socketPath };
  const socket = field(address, "socket_address");
  return { address: asString(field(socket, "address")) ?? "127.0.0.1", port: asNumber(field(socket, "port_value")) ?? 9901 };
}

function field(value: unknown, name: string): unknown {
  return asObject(value)?.[name];
}
