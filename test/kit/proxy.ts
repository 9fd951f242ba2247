import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { root } from "../../scripts/lib/root.mjs";
import type { ControlPlaneProcess } from "./control-plane-process.ts";
import { spawnEnvoy } from "./spawn-envoy.ts";
import type { RunningEnvoy } from "./spawn-envoy.ts";

const run = promisify(execFile);

/** The two variants of xDS; for Envoy it is a matter of its bootstrap. */
export type Variant = "sotw" | "delta";

export interface ProxyOptions {
  /** Path of the Envoy binary. */
  readonly binary: string;
  /** Name of its Dataplane. */
  readonly dataplane: string;
  /** The control plane that it connects to. */
  readonly controlPlane: Pick<ControlPlaneProcess, "xdsPort" | "caFile" | "tokenFileFor">;
  readonly variant: Variant;
  /** File of the CAs that its machine trusts; default: the machine's own. */
  readonly systemCaPath?: string;
  /**
   * Where its token is: in a file that Google's gRPC client reads (default), or in its bootstrap, for Envoy's own client. That one comes back
   * to a control plane within seconds however often it was away, Google's within half a minute.
   */
  readonly token?: "in-file" | "inline";
  /** Worker threads; default 1. */
  readonly concurrency?: number;
}

/** What `probeplane bootstrap` prints for this proxy, as JSON data. */
export async function bootstrapOf(options: Pick<ProxyOptions, "dataplane" | "controlPlane" | "variant" | "systemCaPath" | "token">): Promise<Readonly<Record<string, unknown>>> {
  const { xdsPort, caFile } = options.controlPlane;
  const tokenFile = await options.controlPlane.tokenFileFor(options.dataplane);
  const { stdout } = await run(process.execPath, [
    path.join(root, "dist", "main", "probeplane.js"), "bootstrap", "--dataplane", options.dataplane,
    "--xds-address", `127.0.0.1:${xdsPort}`, "--ca-cert-file", caFile, "--token-file", tokenFile, "--admin-port", "0", `--${options.variant}`, "-o", "json",
    ...(options.systemCaPath === undefined ? [] : ["--system-ca-path", options.systemCaPath]),
    ...(options.token === "inline" ? ["--inline-token"] : []),
  ]);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** A sidecar: an Envoy with the bootstrap that `probeplane bootstrap` prints. It need not have its configuration yet. */
export async function spawnProxy(options: ProxyOptions): Promise<RunningEnvoy> {
  const bootstrap = await bootstrapOf(options);
  return await spawnEnvoy({
    binary: options.binary,
    bootstrap,
    name: options.dataplane,
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  });
}
