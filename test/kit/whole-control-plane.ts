import { rm } from "node:fs/promises";
import { createControlPlane } from "../../src/main/control-plane.ts";
import { loadConfig } from "../../src/edge/config/load-config.ts";
import { showConfig } from "../../src/edge/config/redact.ts";
import { createLoggers } from "../../src/edge/telemetry/logger.ts";
import { scratchFolder } from "./scratch-folder.ts";

/** All that `probeplane run` starts, in this process: every server, on free ports. */
export interface WholeControlPlane {
  /** `http://127.0.0.1:…` of the HTTP API, and of the diagnostics. */
  readonly api: string;
  readonly diagnostics: string;
  readonly apiPort: number;
  readonly apiTlsPort: number;
  readonly xdsPort: number;
  readonly dataDir: string;
  /** What was logged, at every level. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/**
 * @param args more arguments of `probeplane run`; by default the store is SQLite.
 * @param folder its data directory, which stays; by default one that goes with `stop()`.
 */
export async function startWholeControlPlane(args: readonly string[] = [], folder?: string): Promise<WholeControlPlane> {
  const dataDir = folder ?? await scratchFolder("whole");
  const free = ["--api-listen", "--api-tls-listen", "--xds-listen", "--diagnostics-listen"].map((flag) => `${flag}=127.0.0.1:0`);
  const loaded = loadConfig([...free, "--data-dir", dataDir, ...args], {});
  if (!loaded.ok) throw new Error(loaded.problems.join("\n"));
  const { config } = loaded;
  const log: string[] = [];
  const loggers = createLoggers({ level: "trace", components: {}, format: "json", destination: { write: (line) => void log.push(line) } });
  const controlPlane = createControlPlane(config, showConfig(config), loggers);
  const lines = await controlPlane.start();
  const at = (name: string): number => Number(/:(\d+)$/.exec(lines.find((line) => line.startsWith(name)) ?? "")?.[1]);
  const [apiPort, diagnosticsPort] = [at("HTTP API"), at("diagnostics")];
  return {
    api: `http://127.0.0.1:${apiPort}`, diagnostics: `http://127.0.0.1:${diagnosticsPort}`,
    apiPort, apiTlsPort: at("HTTPS API"), xdsPort: at("xDS"), dataDir, log,
    stop: async () => {
      await controlPlane.close();
      if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
