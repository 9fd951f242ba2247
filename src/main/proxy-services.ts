import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { refusalText, type TokenRefusal } from "../core/access/refusal.ts";
import { findResource } from "../core/model/apply-changes.ts";
import type { Dataplane } from "../core/model/dataplane.ts";
import type { ResourceKey } from "../core/model/resource.ts";
import { withStoreLabels } from "../core/model/store-labels.ts";
import type { ProxyAdminAuthority } from "../edge/access/proxy-admin-authority.ts";
import { createBootstrapHandler } from "../edge/bootstrap/bootstrap-handler.ts";
import { createDirectLifecycle, type DirectLifecycle } from "../edge/lifecycle/direct-lifecycle.ts";
import type { PipelineView } from "../edge/pipeline/port.ts";
import type { Admit } from "../edge/serve/admission.ts";
import type { Store } from "../edge/source/port.ts";
import { readDocuments } from "../edge/source/read-documents.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import type { Closers } from "./closers.ts";

export interface ProxyServicesOptions {
  /** Absent: resources come from files, and no proxy brings any. */
  readonly store?: Store;
  readonly view: Pick<PipelineView, "world">;
  readonly removeAfterMs: number;
  readonly reloadableTokens: boolean;
  /** Why this token is not good for this proxy. Absent: nobody needs a token. */
  readonly refusalOf?: (authorization: string | undefined, proxy: { readonly mesh: string; readonly name: string; readonly dataplane?: Dataplane }) => Promise<TokenRefusal | undefined>;
  /** The CA and the names of the certificate that is served. Absent: plain text. */
  readonly tls?: () => { readonly caPem: string; readonly names: readonly string[] };
  readonly port: () => number;
  /** Makes certificates for the control plane's door to the Envoys' admin interfaces. Absent: they have none. */
  readonly adminAuthority?: ProxyAdminAuthority;
  readonly loggers: ComponentLoggers;
}

/** What proxies and their agents need beside configuration: bootstraps, and Dataplanes that come and go with them. */
export interface ProxyServices {
  /** For the data plane server: `POST /bootstrap`. */
  readonly http: Server;
  readonly admit?: Admit;
  /** Once resources are loaded. */
  start(): void;
}

/** How long a request may take to arrive; a bootstrap's fits into one packet or a few. */
const requestMs = 30_000;

export function createProxyServices(options: ProxyServicesOptions, closers: Closers): ProxyServices {
  const http = createServer({ requestTimeout: requestMs, headersTimeout: requestMs, keepAliveTimeout: 5_000 }, bootstrapHandler(options));
  const { store } = options;
  if (store === undefined) return { http, start: () => undefined };
  const lifecycle = directLifecycle(options, store);
  return { http, admit: (asked) => lifecycle.admit(asked), start: () => startLifecycle(lifecycle, store, closers) };
}

function bootstrapHandler({ view, store, refusalOf, tls, port, reloadableTokens, adminAuthority, loggers }: ProxyServicesOptions): ReturnType<typeof createBootstrapHandler> {
  const stored = async (key: ResourceKey): Promise<unknown> => (store === undefined ? findResource(view.world(), key) : await store.get(key));
  return createBootstrapHandler({
    findDataplane: async ({ mesh, name }) => (await stored({ kind: "Dataplane", mesh, name })) as Dataplane | undefined,
    hasMesh: async (name) => (await stored({ kind: "Mesh", mesh: "", name })) !== undefined,
    readDocuments,
    ...(refusalOf === undefined ? {} : { authorize: ({ proxy, token, dataplane }) => refusalOf(token, { ...proxy, ...(dataplane === undefined ? {} : { dataplane }) }) }),
    ...(tls === undefined ? {} : { tls }),
    ...(adminAuthority === undefined ? {} : { adminCertificates: (proxy) => adminAuthority.forProxy(proxy) }),
    port,
    reloadableTokens,
    logger: loggers("bootstrap"),
  });
}

function directLifecycle({ view, removeAfterMs, refusalOf, loggers }: ProxyServicesOptions, store: Store): DirectLifecycle {
  return createDirectLifecycle({
    store,
    readDocuments,
    removeAfterMs,
    withStoreLabels,
    holder: randomBytes(8).toString("hex"),
    isServed: (key) => findResource(view.world(), key) !== undefined,
    refusalOf: async ({ authorization, proxy }, dataplane) => {
      const refusal = await refusalOf?.(authorization, { ...proxy, dataplane });
      return refusal === undefined ? undefined : refusalText(refusal);
    },
    logger: loggers("lifecycle"),
  });
}

/** Closed before the server is: who is disconnected by that is not gone. */
function startLifecycle(lifecycle: DirectLifecycle, store: Store, closers: Closers): void {
  const changes = store.events.subscribe({ next: (event) => event.type === "change" && lifecycle.storeChanged(event.changed), error: () => undefined });
  closers.add(async () => {
    changes.unsubscribe();
    await lifecycle.close();
  });
  lifecycle.start();
}
