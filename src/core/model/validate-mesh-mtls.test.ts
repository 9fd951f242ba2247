import assert from "node:assert/strict";
import { enabledMtls, parseLifetime } from "./mesh-mtls.ts";
import { meshKind } from "./mesh-kind.ts";
import type { Mesh, MeshSpec } from "./mesh.ts";

const builtin = { name: "ca-1", type: "builtin" };

function told(mtls: unknown): string[] {
  return meshKind.validate({ mtls }).map(({ path, message }) => `${path}: ${message}`);
}

function meshOf(mtls: unknown): Mesh {
  return { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls } as MeshSpec };
}

describe("Mesh mtls", () => {
  it("takes a builtin backend, a provided one, none, and one that is not enabled", () => {
    assert.deepEqual(told(undefined), []);
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({ backends: [builtin] }), []);
    assert.deepEqual(told({ enabledBackend: "ca-1", backends: [{ ...builtin, dpCert: { rotation: { expiration: "1d" } }, conf: { caCert: { RSAbits: 2048, expiration: "10y" } } }] }), []);
    assert.deepEqual(told({ enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "provided", conf: { cert: { secret: "cert" }, key: { file: "/key.pem" } } }] }), []);
  });

  it("says all that is wrong", () => {
    assert.deepEqual(told({ enabledBackend: "other", backends: [builtin, { ...builtin, dpCert: { rotation: { expiration: "1d12h" } } }, { name: "Big", type: "vault" }, { name: "Not A Name", type: "builtin" }] }), [
      "mtls.enabledBackend: has to be set to one of the backends in the mesh",
      "mtls.backends: cannot have more than 1 backends",
      "mtls.backends[1].name: \"ca-1\" name is already used for another backend",
      "mtls.backends[1].dpCert.rotation.expiration: has to be a valid format",
      "mtls.backends[2].type: could not find installed plugin for this type",
      "mtls.backends[3].name: \"Not A Name\" name must be valid dns name",
    ]);
  });

  it("wants both halves of a provided CA, each said in one way, and inline ones to be PEM", () => {
    const provided = (conf: unknown, more: object = {}) => told({ backends: [{ name: "ca-1", type: "provided", conf }], ...more });
    assert.deepEqual(provided(undefined), ["mtls.backends[0].conf.cert: has to be defined", "mtls.backends[0].conf.key: has to be defined"]);
    assert.deepEqual(provided({ cert: { secret: "a", file: "b" }, key: {} }), [
      "mtls.backends[0].conf.cert: must have exactly one defined: secret, file, inline, inlineString",
      "mtls.backends[0].conf.key: must have exactly one defined: secret, file, inline, inlineString",
    ]);
    const bad = { cert: { inlineString: "no PEM" }, key: { inline: "bm8gUEVN" } };
    assert.deepEqual(provided(bad), [
      "mtls.backends[0].conf.cert: must be certificates in PEM",
      "mtls.backends[0].conf.key: must be an unencrypted private key in PEM, in Base64",
    ]);
    assert.deepEqual(provided(bad, { skipValidation: true }), []);
  });

  it("is on when a backend is enabled, STRICT and with certificates for a day unless it says otherwise", () => {
    assert.equal(enabledMtls(meshOf(undefined)), undefined);
    assert.equal(enabledMtls(meshOf({ backends: [builtin] })), undefined);
    const on = meshOf({ enabledBackend: "ca-1", backends: [builtin] });
    assert.deepEqual(enabledMtls(on), { backend: builtin, permissive: false, certificateLifetimeMs: 86_400_000 });
    assert.equal(enabledMtls(on), enabledMtls(on));
    const other = { ...builtin, mode: "PERMISSIVE", dpCert: { rotation: { expiration: "2h" } } };
    assert.deepEqual(enabledMtls(meshOf({ enabledBackend: "ca-1", backends: [other] })), { backend: other, permissive: true, certificateLifetimeMs: 7_200_000 });
  });

  it("reads lifetimes with one unit", () => {
    assert.deepEqual(["0", "1y", "2w", "3d", "4h", "5m", "6s", "7ms"].map(parseLifetime), [0, 31_536_000_000, 1_209_600_000, 259_200_000, 14_400_000, 300_000, 6000, 7]);
    assert.deepEqual(["", "1", "1d12h", "-1d", "1.5h", "99999999999999999y"].map(parseLifetime), [undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});
