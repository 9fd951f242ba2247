import { deepFreeze } from "../../base/deep-freeze.ts";
import { enabledMtls } from "../../model/mesh-mtls.ts";
import type { TlsParametersPlan } from "../../model/mesh-tls-plan.ts";
import type { TlsVersionPlan } from "../../model/plan.ts";
import type { Conf, InboundRules } from "../inbound-rules.ts";
import type { ConfNotice, InboundContext, PlannedInbound } from "../kind.ts";
import type { MeshTlsConf, TlsVersionName } from "./conf.ts";

/** What an inbound takes: nothing to say where the Mesh has no mutual TLS; else what the rules say, else the Mesh. */
export function planMeshTls({ conf }: InboundRules, { mesh }: InboundContext): PlannedInbound {
  const enabled = enabledMtls(mesh);
  if (enabled === undefined) return deepFreeze({});
  const { mode }: MeshTlsConf = conf;
  const permissive = mode === undefined ? enabled.permissive : mode === "Permissive";
  return deepFreeze({ tls: { mesh: mesh.name, mode: permissive ? "permissive" : "strict", ...tlsParameters(conf) } });
}

const versions: Readonly<Partial<Record<TlsVersionName, TlsVersionPlan>>> = { TLS10: "1.0", TLS11: "1.1", TLS12: "1.2", TLS13: "1.3" };

/** Versions and ciphers of a merged conf: of inbounds, and of those who call them. */
export function tlsParameters(conf: Conf): TlsParametersPlan {
  const { tlsVersion: { min = "TLSAuto", max = "TLSAuto" } = {}, tlsCiphers }: MeshTlsConf = conf;
  const [minVersion, maxVersion] = [versions[min], versions[max]];
  return {
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(tlsCiphers === undefined ? {} : { ciphers: [...new Set(tlsCiphers.map(forOurKeys))] }),
  };
}

/** The keys of proxies are ECDSA: a cipher for RSA keys would be one that nobody can use, so its twin is meant. */
function forOurKeys(cipher: string): string {
  return cipher.replace(/^ECDHE-RSA-/, "ECDHE-ECDSA-");
}

/** Of a Mesh without mutual TLS, and ciphers that no version is for. */
export function meshTlsNotices({ conf }: InboundRules, { mesh }: InboundContext): readonly ConfNotice[] {
  if (enabledMtls(mesh) === undefined) return [{ code: "inert-setting", message: "does nothing, because the Mesh has no mutual TLS (`mtls.enabledBackend`)" }];
  const { minVersion, ciphers } = tlsParameters(conf);
  if (ciphers === undefined) return [];
  if (minVersion === "1.3") return [{ code: "inert-setting", message: "tlsCiphers does nothing with TLS 1.3, which has ciphers of its own" }];
  const { tlsCiphers = [] }: MeshTlsConf = conf;
  return tlsCiphers.some((cipher) => cipher !== forOurKeys(cipher)) ? [{ code: "unlike-kuma", message: "the keys of proxies are ECDSA: for ECDHE-RSA-… the same cipher with ECDSA is used" }] : [];
}
