import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { ApiClient } from "../api-client.ts";
import { freePorts } from "../ports.ts";
import { RunProcess } from "../run-process.ts";
import { scratchFolder } from "../scratch-folder.ts";
import type { ApiServer } from "./api-server.ts";
import { grantChartRole } from "./chart-role.ts";

export interface ClusterControlPlaneOptions {
  /** Namespace that it has for its own, with the chart's roles; default: a new one. */
  readonly namespace?: string;
  /** The pod that it says it runs in; default `probeplane-1`. Replicas in one namespace each have their own. */
  readonly podName?: string;
  readonly args?: readonly string[];
}

/** The real `probeplane run --environment kubernetes`, outside of any pod, with the rights that the chart gives it. Ports outlive a restart. */
export class ClusterControlPlane extends RunProcess {
  readonly api: ApiClient;
  readonly xdsPort: number;
  readonly webhookPort: number;
  readonly namespace: string;
  /** Name of both configurations, the validating one and the mutating one. */
  readonly webhookConfiguration: string;
  readonly #folder: string;
  readonly #apiServer: ApiServer;

  private constructor(apiServer: ApiServer, args: readonly string[], folder: string, ports: readonly [number, number, number, number, number], names: { readonly namespace: string; readonly webhookConfiguration: string }) {
    const [api, apiTls, xds, diagnostics, webhook] = ports.map((port) => `127.0.0.1:${port}`);
    const listen = [`--api-listen=${api ?? ""}`, `--api-tls-listen=${apiTls ?? ""}`, `--xds-listen=${xds ?? ""}`, `--diagnostics-listen=${diagnostics ?? ""}`, `--webhook-listen=${webhook ?? ""}`];
    super({ cwd: folder, diagnosticsUrl: `http://${diagnostics ?? ""}`, args: ["--environment=kubernetes", ...listen, ...args] });
    this.api = new ApiClient(`http://${api ?? ""}`);
    this.xdsPort = ports[2];
    this.webhookPort = ports[4];
    this.namespace = names.namespace;
    this.webhookConfiguration = names.webhookConfiguration;
    this.#folder = folder;
    this.#apiServer = apiServer;
  }

  /** One on free ports, not started yet. Its webhook is not called by the API server until somebody registers it. */
  static async create(api: ApiServer, options: ClusterControlPlaneOptions = {}): Promise<ClusterControlPlane> {
    const namespace = options.namespace ?? (await api.createNamespace("probeplane"));
    const webhookConfiguration = `probeplane-${namespace}`;
    const kubeconfig = await api.kubeconfig({ token: await grantChartRole(api, namespace, { webhookConfiguration }), namespace });
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = await freePorts(5);
    const args = [
      `--kubernetes-kubeconfig=${kubeconfig}`, `--kubernetes-namespace=${namespace}`, `--kubernetes-pod-name=${options.podName ?? "probeplane-1"}`,
      `--webhook-configuration=${webhookConfiguration}`, `--injector-configuration=${webhookConfiguration}`, ...(options.args ?? []),
    ];
    return new ClusterControlPlane(api, args, await scratchFolder("cluster"), [a, b, c, d, e], { namespace, webhookConfiguration });
  }

  /** One that is ready. */
  static async start(api: ApiServer, options: ClusterControlPlaneOptions = {}): Promise<ClusterControlPlane> {
    const controlPlane = await ClusterControlPlane.create(api, options);
    await controlPlane.start();
    return controlPlane;
  }

  /** The authority that signed the certificate of its servers, as PEM; there once it is ready, and read from the ConfigMap then. */
  get caFile(): string {
    return path.join(this.#folder, "ca.crt");
  }

  override async untilReady(): Promise<void> {
    await super.untilReady();
    const { body } = await this.#apiServer.request("GET", `/api/v1/namespaces/${this.namespace}/configmaps/probeplane-ca`);
    await writeFile(this.caFile, (body as { readonly data?: Readonly<Record<string, string>> }).data?.["ca.crt"] ?? "");
  }

  /** A file with the token that a kubelet would give the sidecar of this pod (`pod.namespace`), and its name. */
  async tokenFileFor(dataplane: string): Promise<string> {
    const [pod = "", namespace = ""] = dataplane.split(".");
    const file = path.join(this.#folder, `${randomBytes(4).toString("hex")}.token`);
    await writeFile(file, await this.#apiServer.tokenFor({ namespace, pod, audiences: ["probeplane"] }), { mode: 0o600 });
    return file;
  }

  /** Ends it. What it wrote into the cluster stays. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
