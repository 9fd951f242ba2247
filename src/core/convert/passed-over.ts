import { asObject, ownField } from "../base/json.ts";
import { kindOf, objectText } from "./istio-object.ts";
import type { ConvertSettings } from "./settings.ts";

/** A document that nothing is made of. */
export interface PassedOver {
  readonly origin: string;
  readonly kind: string;
  /** `Gateway shop/web` */
  readonly source: string;
  /** What stands for it here; absent: it is none of Istio's. */
  readonly message?: string;
}

const ofIstio: Readonly<Record<string, string>> = {
  AuthorizationPolicy: "who may call whom is said by MeshTrafficPermission (docs/reference/policies.md)",
  RequestAuthentication: "tokens of users are not looked at",
  Gateway: "gateways are not served",
  ServiceEntry: "services outside the mesh are MeshExternalServices (docs/external-services.md)",
  WorkloadEntry: "a workload outside the cluster is a Dataplane (docs/universal.md)",
  WorkloadGroup: "a workload outside the cluster is a Dataplane (docs/universal.md)",
  ProxyConfig: "say it on pods, with the annotation proxy.istio.io/config (docs/lifecycle.md)",
  Telemetry: "there is no such setting here",
  WasmPlugin: "Envoy is not extended here",
};

/** Says why nothing is made of a document. */
export function passedOver(origin: string, value: unknown, settings: ConvertSettings): PassedOver {
  const found = kindOf(value);
  if (found === undefined) {
    const isOurs = ownField(asObject(value), "type") !== undefined;
    return { origin, kind: "", source: "", message: isOurs ? "is a resource of a mesh already" : "is no object of Kubernetes: it has no apiVersion and kind" };
  }
  const { group, kind } = found;
  const base = { origin, kind, source: objectText(value, settings) };
  if (group === "kuma.io") return { ...base, message: "is a resource of a mesh already" };
  if (!/(^|\.)istio\.io$/.test(group)) return base;
  return { ...base, message: Object.hasOwn(ofIstio, kind) ? String(ofIstio[kind]) : "there is nothing like it here" };
}
