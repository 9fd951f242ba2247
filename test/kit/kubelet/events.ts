import { createHash } from "node:crypto";
import type { ApiServer } from "../kube/api-server.ts";
import type { PodObject } from "./pod-object.ts";

/** Writes Events about a Pod as a kubelet does: what happens again is counted on the one that is there. */
export class EventWriter {
  readonly #api: ApiServer;
  readonly #pod: PodObject;
  readonly #counts = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(api: ApiServer, pod: PodObject) {
    this.#api = api;
    this.#pod = pod;
  }

  /** In the order in which they are told. */
  tell(container: string, reason: string, message: string): void {
    const count = (this.#counts.get(reason + message) ?? 0) + 1;
    this.#counts.set(reason + message, count);
    this.#last = this.#last.then(() => this.#write(container, reason, message, count));
  }

  /** Resolves when all that was told is written. */
  async written(): Promise<void> {
    await this.#last;
  }

  async #write(container: string, reason: string, message: string, count: number): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/events`;
    const own = `${name}.${createHash("sha256").update(reason + message).digest("hex").slice(0, 16)}`;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const answer = count > 1
      ? await this.#api.request("PATCH", `${path}/${own}`, { body: { count, lastTimestamp: now } })
      : await this.#api.request("POST", path, { body: {
        metadata: { name: own, namespace },
        involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid, fieldPath: `spec.containers{${container}}` },
        type: reason === "Unhealthy" ? "Warning" : "Normal", reason, message, count,
        source: { component: "kubelet", host: "node" }, reportingComponent: "kubelet", firstTimestamp: now, lastTimestamp: now,
      } });
    if (answer.status >= 300) throw new Error(`no Event about ${name}: ${JSON.stringify(answer.body)}`);
  }
}
