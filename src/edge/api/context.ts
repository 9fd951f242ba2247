import type { WantedToken } from "../../core/access/token-request.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { Violation } from "../../core/base/violation.ts";
import type { AuthorityStatus } from "../../core/identity/authority-status.ts";
import type { Mesh } from "../../core/model/mesh.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import type { Compatibility } from "../../core/policy/compatibility.ts";
import { defaultPlanSettings, type DefaultRetries, type PlanSettings } from "../../core/policy/plan-settings.ts";
import type { PipelineView } from "../pipeline/port.ts";
import type { RecentWrites } from "./recent-writes.ts";

/** Reads stored resources; every Store is one. */
export interface ResourceReader {
  get(key: ResourceKey): Promise<Resource | undefined>;
  /** Sorted by mesh and name. `mesh` absent: of all meshes. */
  list(kind: string, mesh?: string): Promise<readonly Resource[]>;
}

/** What the API writes to; every Store is one. */
export interface ResourceWriter extends ResourceReader {
  put(resource: Resource, options?: { readonly expectedModificationTime?: string }): Promise<PutAnswer>;
  delete(key: ResourceKey): Promise<boolean>;
}

export interface PutAnswer {
  readonly outcome: "created" | "updated" | "unchanged";
  readonly resource: Resource;
}

/** Who answers: `GET /` tells it. */
export interface Identity {
  readonly product: string;
  readonly version: string;
  /** The version of Kuma as which `GET /` answers; absent: it tells the truth. */
  readonly answerAsKuma?: string;
  readonly hostname: string;
  /** New at each start. */
  readonly instanceId: string;
  /** The same for as long as the stored data is the same. */
  readonly clusterId: string;
}

/** The part of a logger that the API needs; pino's fits. */
export interface ApiLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One document of a YAML body. */
export type BodyDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** What Envoy's admin API answered. */
export interface EnvoyAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Asks a proxy's Envoy admin API for a path (`/config_dump`); undefined: no way leads to that proxy. */
export type AskEnvoy = (mesh: string, dataplane: string, path: string) => Promise<EnvoyAnswer | undefined>;

/** Signs tokens. */
export interface TokenSource {
  /** Undefined: there is no key for these, and none can be made. `forMs`: how long it is good for. */
  issue(scope: WantedToken["scope"], claims: WantedToken["claims"], forMs: number): Promise<string | undefined>;
}

/** The CAs of meshes. */
export interface AuthoritySource {
  /** Undefined: mutual TLS is not enabled in the mesh. */
  status(mesh: string): Promise<AuthorityStatus | undefined>;
  /** Resolves with a sentence when it cannot be done. */
  rotate(mesh: string): Promise<string | undefined>;
  /** What is amiss with the certificates of a mesh at present. */
  problems(mesh: string): readonly string[];
  /** What is wrong with the certificates that a Mesh provides. */
  check(mesh: Mesh): Promise<readonly CertificateProblem[]>;
}

export interface CertificateProblem extends Violation {
  /** True: it is in the Mesh itself, so that the Mesh cannot be taken; else in a secret or a file that may be put right later. */
  readonly isInline: boolean;
}

/** What the API is made of. */
export interface ApiContext {
  readonly resources: ResourceReader;
  /** Absent: resources can only be read here. */
  readonly writer?: ResourceWriter;
  /** Where there is no writer: why that is so and what to do instead, as a sentence. Default: they come from files. */
  readonly readOnlyBecause?: string;
  /** Where secrets are written to, when other resources can only be read. */
  readonly secretWriter?: ResourceWriter;
  readonly view: PipelineView;
  /** Absent: no proxy's admin API can be asked. */
  readonly askEnvoy?: AskEnvoy;
  /** Absent: no tokens can be had here. */
  readonly tokens?: TokenSource;
  /** Absent: no mesh has mutual TLS here. */
  readonly authorities?: AuthoritySource;
  readonly compatibility: Compatibility;
  /** Retries where no policy says otherwise; absent: by method. */
  readonly defaultRetries?: DefaultRetries;
  readonly identity: Identity;
  /** Reads YAML; `origin` names the text in messages. */
  readonly readDocuments: (text: string, origin: string) => readonly BodyDocument[];
  /** The effective configuration, secrets blanked. */
  readonly configuration: JsonObject;
  readonly logger: ApiLogger;
}

/** What every route is given. */
export interface RouteContext extends ApiContext {
  readonly writes: RecentWrites;
}

/** What the control plane's settings say on plans: what is worked out here is what proxies get. */
export function planSettings({ compatibility, defaultRetries = defaultPlanSettings.defaultRetries }: Pick<ApiContext, "compatibility" | "defaultRetries">): PlanSettings {
  return { compatibility, defaultRetries };
}
