import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import type { Credentials } from "./credentials.ts";
import { hasStatus, KubeError } from "./kube-error.ts";
import { kubeconfigCredentials } from "./kubeconfig-credentials.ts";
import { listQuery, objectPath, selectionQuery, writeQuery } from "./object-path.ts";
import { podCredentials } from "./pod-credentials.ts";
import type { KubeClient, KubeKind, ListOptions, ObjectPage, PatchOptions, WatchOptions } from "./port.ts";
import { readWatch } from "./read-watch.ts";
import { createTransport, type Transport, type TransportRequest } from "./transport.ts";

export interface KubeClientOptions {
  /** kubeconfig file; default: the service account of the pod, outside of a pod KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig?: string;
  /** Default `probeplane`. */
  readonly userAgent?: string;
  /** Longest time for an answer; default 30 s. A watch has to begin within it. */
  readonly timeoutMs?: number;
}

/** How long the server is asked to keep a watch; spread, so that not all end at once. */
const watchSeconds = { least: 300, spread: 300 };

/**
 * Finds out which API server is meant and with which credentials. Sends nothing yet.
 *
 * @throws KubeError when no API server is named anywhere, or the kubeconfig cannot be read.
 */
export async function openKubeClient(options: KubeClientOptions = {}): Promise<KubeClient> {
  const ofPod = options.kubeconfig === undefined ? podCredentials() : undefined;
  return createKubeClient(ofPod ?? (await kubeconfigCredentials(options.kubeconfig)), options);
}

/** A client with credentials of one's own. */
export function createKubeClient(credentials: Credentials, { userAgent = "probeplane", timeoutMs = 30_000 }: Omit<KubeClientOptions, "kubeconfig"> = {}): KubeClient {
  const transport = createTransport({ credentials, userAgent, timeoutMs });
  const json = async <T>(request: TransportRequest): Promise<T> => parsed(await transport.text(request)) as T;
  return {
    server: credentials.server,
    namespace: credentials.namespace,
    get: (kind, at) => json({ method: "GET", path: objectPath(kind, at) }),
    list: (kind, options) => list(transport, kind, options ?? {}),
    watch: (kind, options) => watch(transport, kind, options),
    create: (kind, at, object, options = {}) => {
      // A new object is posted to its kind, a subresource to the object that it belongs to.
      const name = options.subresource === undefined || at.name === undefined ? {} : { name: at.name };
      const namespace = at.namespace ?? object.metadata.namespace;
      const path = objectPath(kind, { ...name, ...(namespace === undefined ? {} : { namespace }) }, writeQuery(options), options.subresource);
      return json({ method: "POST", path, body: { ...typeOf(kind), ...object } });
    },
    replace: (kind, object, options = {}) =>
      json({ method: "PUT", path: objectPath(kind, object.metadata, writeQuery(options), options.subresource), body: { ...typeOf(kind), ...object } }),
    patch: (kind, at, patch, options = {}) =>
      json({ method: "PATCH", path: objectPath(kind, at, { ...writeQuery(options), force: options.force }, options.subresource), body: patch, contentType: patchTypes[options.type ?? "merge"] }),
    delete: async (kind, at, options = {}) => {
      const { uid, resourceVersion } = options;
      const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      try {
        await transport.text({ method: "DELETE", path: objectPath(kind, at), body: { apiVersion: "v1", kind: "DeleteOptions", preconditions, propagationPolicy: "Background" } });
        return true;
      } catch (error) {
        if (hasStatus(error, 404)) return false;
        throw error;
      }
    },
    read: (path) => transport.text({ method: "GET", path }),
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

const patchTypes: Readonly<Record<NonNullable<PatchOptions["type"]>, string>> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

function typeOf({ group, version, kind }: KubeKind): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: group === "" ? version : `${group}/${version}`, kind };
}

async function list<T extends KubeObject>(transport: Transport, kind: KubeKind, options: ListOptions): Promise<ObjectPage<T>> {
  const text = await transport.text({ method: "GET", path: objectPath(kind, at(options), listQuery(options)) });
  const { metadata, items } = parsed(text) as { readonly metadata: { readonly resourceVersion: string; readonly continue?: string }; readonly items: readonly T[] | null };
  const more = metadata.continue === undefined || metadata.continue === "" ? {} : { continueToken: metadata.continue };
  return { items: items ?? [], resourceVersion: metadata.resourceVersion, ...more };
}

async function watch<T extends KubeObject>(transport: Transport, kind: KubeKind, options: WatchOptions<T>): Promise<void> {
  const { resourceVersion, signal, onOpen, onEvents } = options;
  const timeoutSeconds = Math.round(watchSeconds.least + Math.random() * watchSeconds.spread);
  const path = objectPath(kind, at(options), { ...selectionQuery(options), watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds });
  try {
    const response = await transport.open({ method: "GET", path, signal });
    onOpen?.();
    await readWatch(response, onEvents);
  } catch (error) {
    if (!signal.aborted || !(error instanceof KubeError)) throw error;
  }
}

/** What answers with something else than an object is not the API server: a proxy in between, a sign-in page. */
function parsed(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new KubeError(0, `the API server's answer is no JSON: ${text.slice(0, 80).trim()}`, { reason: "Unreachable", cause: error });
  }
  if (typeof value === "object" && value !== null) return value;
  throw new KubeError(0, `the API server's answer is no object: ${text.slice(0, 80).trim()}`, { reason: "Unreachable" });
}

function at({ namespace }: { readonly namespace?: string }): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}
