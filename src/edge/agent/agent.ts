import { parse } from "yaml";
import { asNumber, asObject, asString } from "../../core/base/json.ts";
import type { AdminAddress } from "../../core/bootstrap/bootstrap-config.ts";
import type { AgentFolder } from "./agent-folder.ts";
import { drain } from "./drain.ts";
import { createEnvoyAdmin, type EnvoyAdmin } from "./envoy-admin.ts";
import { startEnvoy } from "./envoy-process.ts";
import type { AgentLog } from "./log.ts";
import { notReadyReason } from "./readiness.ts";
import { supervise, type FailedStart, type Supervisor } from "./supervise.ts";

export interface AgentOptions {
  /** The bootstrap, as YAML. */
  readonly bootstrap: string;
  readonly folder: AgentFolder;
  readonly envoyPath: string;
  readonly envoyLogLevel: string;
  readonly envoyArgs: readonly string[];
  readonly drainMs: number;
  readonly logger: AgentLog;
}

/** A proxy on this machine: one Envoy, watched over. */
export interface Agent {
  /** Resolves when the proxy is stopped, or could not be started. */
  readonly done: Promise<FailedStart | undefined>;
  /** Why it takes no traffic now; undefined: it does. */
  notReady(): Promise<string | undefined>;
  signal(signal: NodeJS.Signals): void;
  /** Has it finish what is under way, then stops it. Called again: stops it at once. */
  end(): Promise<void>;
}

/** What Envoy may take to end once it has nothing to do any more. */
const endMs = 5_000;

export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { folder, logger } = options;
  await folder.write("bootstrap.yaml", options.bootstrap);
  const admin = createEnvoyAdmin(adminAddress(options.bootstrap));
  const command = { envoyPath: options.envoyPath, bootstrapFile: folder.pathOf("bootstrap.yaml"), logLevel: options.envoyLogLevel, drainMs: options.drainMs, args: options.envoyArgs };
  // Who asks for the readiness may see the first answer before the supervisor does.
  let hasAnswered = false;
  const hasEverAnswered = async (): Promise<boolean> => {
    if (await answers(admin)) hasAnswered = true;
    return hasAnswered;
  };
  const supervisor = supervise({ start: () => startEnvoy(command), answers: hasEverAnswered, logger });
  const ending = endOf(supervisor, admin, options);
  return {
    done: supervisor.done,
    notReady: async () => {
      if (ending.asked) return "the proxy is being stopped";
      if (supervisor.current === undefined) return "Envoy does not run";
      const reason = await notReadyReason(admin);
      if (reason === undefined) hasAnswered = true;
      return reason;
    },
    signal: (signal) => supervisor.current?.signal(signal),
    end: ending.end,
  };
}

function endOf(supervisor: Supervisor, admin: EnvoyAdmin, { drainMs, logger }: AgentOptions): { readonly asked: boolean; end(): Promise<void> } {
  const atOnce = new AbortController();
  let asked = false;
  return {
    get asked() {
      return asked;
    },
    async end() {
      if (asked) {
        atOnce.abort();
        await supervisor.done;
        return;
      }
      asked = true;
      const running = supervisor.current;
      if (running !== undefined && drainMs > 0) {
        logger.info({ drainMs }, "draining");
        void running.ended.then(() => atOnce.abort());
        await drain({ admin, drainMs, signal: atOnce.signal, logger });
      }
      await supervisor.stop(atOnce.signal.aborted ? 0 : endMs);
    },
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
