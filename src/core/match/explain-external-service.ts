import type { Notice, NoticeCode } from "../base/notice.ts";
import type { ExternalTls, MeshExternalService } from "../model/mesh-external-service.ts";

/** What may surprise about a MeshExternalService: nowhere to go, and TLS settings that do nothing. */
export function explainExternalService({ kind, mesh, name, spec }: MeshExternalService): readonly Notice[] {
  const { endpoints = [], tls } = spec;
  const notice = (code: NoticeCode, path: string, message: string): Notice => ({ code, about: { kind, mesh, name }, path, message });
  const inert = (tls === undefined ? [] : inertSettings(tls)).map(([path, why]) => notice("inert-setting", path, why));
  if (endpoints.length > 0) return inert;
  return [notice("selects-nothing", "spec.endpoints", "there are no endpoints, so that calls fail"), ...inert];
}

function inertSettings({ enabled, version, allowRenegotiation, verification }: ExternalTls): readonly (readonly [path: string, why: string])[] {
  const set = version !== undefined || allowRenegotiation === true || verification !== undefined;
  if (enabled !== true) return set ? [["spec.tls", "does nothing, because TLS is not enabled; set spec.tls.enabled: true"]] : [];
  const { mode = "Secured", caCert, subjectAltNames = [] } = verification ?? {};
  const path = "spec.tls.verification";
  const found: [path: string, why: string][] = [];
  if (caCert !== undefined && (mode === "SkipCA" || mode === "SkipAll")) found.push([`${path}.caCert`, `does nothing, because mode ${mode} verifies no CA`]);
  if (subjectAltNames.length > 0 && mode !== "Secured") {
    const why = mode === "SkipCA" ? "a name in a certificate of no known CA proves nothing" : "the mode skips names";
    found.push([`${path}.subjectAltNames`, `does nothing, because mode is ${mode}: ${why}`]);
  }
  return found;
}
