import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient } from "./api-client.ts";
import { freePorts } from "./ports.ts";
import { RunProcess } from "./run-process.ts";
import { scratchFolder } from "./scratch-folder.ts";

export interface ControlPlaneOptions {
  /** Default sqlite, in a folder that goes with `close()`. */
  readonly store?: "sqlite" | "memory" | "postgres";
  /** More command line arguments of `probeplane run`. */
  readonly args?: readonly string[];
}

/** The real `probeplane run` on a store of its own. Ports and data outlive a restart. */
export class ControlPlaneProcess extends RunProcess {
  readonly api: ApiClient;
  readonly xdsPort: number;
  readonly apiTlsPort: number;
  readonly dataDir: string;

  private constructor(options: ControlPlaneOptions, dataDir: string, ports: readonly [number, number, number, number]) {
    const [apiPort, apiTlsPort, xdsPort, diagnosticsPort] = ports;
    super({
      cwd: dataDir,
      diagnosticsUrl: `http://127.0.0.1:${String(diagnosticsPort)}`,
      args: [
        "--store", options.store ?? "sqlite", "--data-dir", dataDir,
        "--api-listen", `127.0.0.1:${String(apiPort)}`, "--xds-listen", `127.0.0.1:${String(xdsPort)}`,
        "--api-tls-listen", `127.0.0.1:${String(apiTlsPort)}`, "--diagnostics-listen", `127.0.0.1:${String(diagnosticsPort)}`, ...(options.args ?? []),
      ],
    });
    this.apiTlsPort = apiTlsPort;
    this.api = new ApiClient(`http://127.0.0.1:${String(apiPort)}`);
    this.xdsPort = xdsPort;
    this.dataDir = dataDir;
  }

  /** Starts one on free ports with an empty store, and resolves when it is ready. */
  static async start(options: ControlPlaneOptions = {}): Promise<ControlPlaneProcess> {
    const dataDir = await scratchFolder("data");
    const [api = 0, apiTls = 0, xds = 0, diagnostics = 0] = await freePorts(4);
    const controlPlane = new ControlPlaneProcess(options, dataDir, [api, apiTls, xds, diagnostics]);
    await controlPlane.start();
    return controlPlane;
  }

  /** The authority that signed the certificates of its servers, as PEM. */
  get caFile(): string {
    return path.join(this.dataDir, "tls", "ca.crt");
  }

  /** A file with a data plane token for every proxy of the mesh `default`; another one after a restart that forgot all keys. */
  get tokenFile(): string {
    return path.join(this.dataDir, "default.token");
  }

  /** Writes a file with a data plane token for one proxy of the mesh `default`, and gives its name. */
  async tokenFileFor(dataplane: string): Promise<string> {
    const file = path.join(this.dataDir, `${dataplane}.token`);
    await writeFile(file, await this.api.dataplaneToken({ mesh: "default", name: dataplane }), { mode: 0o600 });
    return file;
  }

  override async start(): Promise<void> {
    await super.start();
    await writeFile(this.tokenFile, await this.api.dataplaneToken({ mesh: "default" }), { mode: 0o600 });
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
