import type { JsonObject } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { defaultCompatibility } from "../policy/compatibility.ts";
import { parseResource } from "../policy/parse-resource.ts";
import { systemNamespaces } from "../model/namespaces.ts";
import { convertDestinationRule, destinationRuleReasons } from "./destination-rule.ts";
import { convertEnvoyFilter, envoyFilterReasons } from "./envoy-filter.ts";
import type { Reasons } from "./fields.ts";
import { kindOf, objectText, readIstioObject, type IstioObject } from "./istio-object.ts";
import { createMeshMode, type MeshMode } from "./mesh-mode.ts";
import { createOutput, type Output, type TakenNames } from "./output.ts";
import { passedOver, type PassedOver } from "./passed-over.ts";
import { convertPeerAuthentication } from "./peer-authentication.ts";
import { createFindings, type Findings, type Remark } from "./remarks.ts";
import type { ConvertSettings } from "./settings.ts";
import { convertSidecar, sidecarReasons } from "./sidecar.ts";
import { convertVirtualService, virtualServiceReasons } from "./virtual-service.ts";

/** A document as it was read. */
export interface SourceDocument {
  /** `FILE, document 2 (line 14)` */
  readonly origin: string;
  readonly value: unknown;
}

/** What comes of one source. */
export interface ConvertedSource {
  readonly origin: string;
  /** `VirtualService shop/web` */
  readonly source: string;
  /** Policies in their Kubernetes form. */
  readonly policies: readonly JsonObject[];
  /** What could not be carried over, and what to mind. */
  readonly remarks: readonly Remark[];
}

/** Something that is wrong with a source. */
export interface ConvertProblem extends Violation {
  readonly origin: string;
  readonly source: string;
}

export interface Conversion {
  /** The Mesh whose mutual TLS sources speak of, and which these are; undefined: none does. */
  readonly mesh: { readonly object: JsonObject; readonly sources: readonly string[] } | undefined;
  readonly sources: readonly ConvertedSource[];
  readonly passedOver: readonly PassedOver[];
  /** With any, nothing of the rest is to be used. */
  readonly problems: readonly ConvertProblem[];
}

/** What sources add to, beside their own policies. */
interface Shared {
  readonly settings: ConvertSettings;
  readonly taken: TakenNames;
  readonly mesh: MeshMode;
}

interface Converter {
  readonly group: string;
  readonly reasons: Reasons;
  convert(source: IstioObject, output: Output, mesh: MeshMode): void;
}

const networking = "networking.istio.io";

const converters: ReadonlyMap<string, Converter> = new Map<string, Converter>([
  ["VirtualService", { group: networking, reasons: virtualServiceReasons, convert: convertVirtualService }],
  ["DestinationRule", { group: networking, reasons: destinationRuleReasons, convert: convertDestinationRule }],
  ["Sidecar", { group: networking, reasons: sidecarReasons, convert: convertSidecar }],
  ["EnvoyFilter", { group: networking, reasons: envoyFilterReasons, convert: convertEnvoyFilter }],
  ["PeerAuthentication", { group: "security.istio.io", reasons: {}, convert: convertPeerAuthentication }],
]);

/**
 * Istio's objects as our policies, in the order given. Each field either comes over or is told of; what is wrong is told with its path, all of it.
 * Pure; never throws.
 */
export function convertDocuments(documents: readonly SourceDocument[], settings: ConvertSettings): Conversion {
  const shared: Shared = { settings, taken: new Set(), mesh: createMeshMode() };
  const [sources, others, problems]: [ConvertedSource[], PassedOver[], ConvertProblem[]] = [[], [], []];
  for (const { origin, value } of documents) {
    const kind = kindOf(value);
    const converter = kind === undefined ? undefined : converters.get(kind.kind);
    if (converter === undefined || converter.group !== kind?.group) {
      others.push(passedOver(origin, value, settings));
      continue;
    }
    const source = objectText(value, settings);
    const findings = createFindings();
    const policies = convertOne(value, converter, findings, shared);
    problems.push(...[...findings.problems, ...invalid(policies, findings, settings)].map((problem) => ({ ...problem, origin, source })));
    sources.push({ origin, source, policies, remarks: findings.remarks });
  }
  const object = shared.mesh.document(settings);
  return { mesh: object === undefined ? undefined : { object, sources: shared.mesh.sources }, sources, passedOver: others, problems };
}

function convertOne(value: unknown, { reasons, convert }: Converter, findings: Findings, { settings, taken, mesh }: Shared): readonly JsonObject[] {
  const source = readIstioObject(value, reasons, settings, findings);
  if (source === undefined) return [];
  const documents: JsonObject[] = [];
  convert(source, createOutput(settings, source.namespace, taken, documents), mesh);
  source.spec.close();
  const saysNothing = documents.length === 0 && findings.remarks.length === 0 && !mesh.sources.includes(source.text);
  if (saysNothing) findings.remark("left", "", "there is nothing in it that policies say");
  return documents;
}

/** What the sources' own values make wrong in a policy: it is told here, so that nobody applies it. */
function invalid(policies: readonly JsonObject[], { problems }: Findings, { systemNamespace }: ConvertSettings): readonly Violation[] {
  if (problems.length > 0) return [];
  return policies.flatMap((policy) => {
    const parsed = parseResource(policy, defaultCompatibility, [...systemNamespaces, systemNamespace]);
    return parsed.ok ? [] : parsed.violations.map(({ path, message }) => ({ path: "", message: `the ${kindOf(policy)?.kind ?? ""} that comes of it is not valid: ${path}: ${message}` }));
  });
}
