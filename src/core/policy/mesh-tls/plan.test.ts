import assert from "node:assert/strict";
import type { Mesh } from "../../model/mesh.ts";
import { noRules } from "../inbound-rules.ts";
import type { Conf } from "../inbound-rules.ts";
import { defaultPlanSettings } from "../plan-settings.ts";
import { meshTlsKind } from "./kind.ts";

function told(spec: unknown): string[] {
  return meshTlsKind.validate(spec).map(({ path, message }) => `${path}: ${message}`);
}

function planned(mode: "STRICT" | "PERMISSIVE" | undefined, conf: Conf = {}): unknown {
  const mtls = mode === undefined ? {} : { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" as const, mode }] };
  const mesh: Mesh = { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls } };
  return meshTlsKind.inbound?.planInbound({ ...noRules, conf }, { mesh, protocol: "http", ...defaultPlanSettings });
}

describe("MeshTLS", () => {
  it("takes rules, from, and neither", () => {
    for (const spec of [{}, { rules: [{ default: { mode: "Strict" } }] }, { from: [{ targetRef: { kind: "Mesh" }, default: { mode: "Permissive" } }] }]) assert.deepEqual(told(spec), []);
  });

  it("says what is wrong, in Kuma's words", () => {
    assert.deepEqual(told({ targetRef: { kind: "Dataplane" }, rules: [{ default: { tlsVersion: { min: "TLS13", max: "TLS12" }, tlsCiphers: [] } }] }), [
      "rules[0].default.tlsVersion: tlsVersion can only be defined with top level targetRef kind: Mesh",
      "rules[0].default.tlsCiphers: tlsCiphers can only be defined with top level targetRef kind: Mesh",
      "rules[0].default.tlsVersion.min: min version must be lower than max",
      "rules[0].default.tlsCiphers: must be undefined or have at least one element",
    ]);
    assert.deepEqual(told({ targetRef: { kind: "MeshService", name: "a" }, rules: [] }).length, 1);
  });

  it("leaves the mode to the Mesh where nobody says, and takes over where somebody does", () => {
    assert.deepEqual(planned(undefined, { mode: "Strict" }), {});
    assert.deepEqual(planned("STRICT"), { tls: { mesh: "default", mode: "strict" } });
    assert.deepEqual(planned("PERMISSIVE"), { tls: { mesh: "default", mode: "permissive" } });
    assert.deepEqual(planned("STRICT", { mode: "Permissive" }), { tls: { mesh: "default", mode: "permissive" } });
    assert.deepEqual(planned("PERMISSIVE", { mode: "Strict" }), { tls: { mesh: "default", mode: "strict" } });
  });

  it("sends each version and cipher that is set, and nothing for those that are not", () => {
    assert.deepEqual(planned("STRICT", { tlsVersion: { min: "TLS12", max: "TLSAuto" }, tlsCiphers: ["ECDHE-RSA-AES256-GCM-SHA384"] }), {
      tls: { mesh: "default", mode: "strict", minVersion: "1.2", ciphers: ["ECDHE-ECDSA-AES256-GCM-SHA384"] },
    });
  });
});
