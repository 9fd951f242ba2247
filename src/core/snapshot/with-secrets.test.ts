import assert from "node:assert/strict";
import { fakeSnapshot } from "../../../test/kit/fake-snapshot.ts";
import type { ProxySecrets } from "../model/mesh-tls-secrets.ts";
import { decodeResource } from "./encode.ts";
import { typeUrls } from "./snapshot.ts";
import { withSecrets } from "./with-secrets.ts";

const trust = { certificates: "-- a CA --" };
const secrets: ProxySecrets = { mesh: "default", identity: { certificateChain: "-- a certificate --", privateKey: "-- a key --" }, trust };
const snapshot = fakeSnapshot({ cds: { a: 1 } });

describe("a snapshot with secrets", () => {
  it("is the snapshot, and Envoy's secrets by the names that clusters refer to", () => {
    const made = withSecrets(snapshot, secrets);
    assert.equal(made.types.get(typeUrls.cluster), snapshot.types.get(typeUrls.cluster));
    const resources = [...(made.types.get(typeUrls.secret)?.resources.values() ?? [])].map((resource) => {
      const bytes = new Uint8Array(resource.byteLength);
      resource.writeTo(bytes, 0);
      return decodeResource(typeUrls.secret, bytes);
    });
    assert.deepEqual(resources, [
      { name: "identity_cert:secret:default", tlsCertificate: { certificateChain: { inlineString: "-- a certificate --" }, privateKey: { inlineString: "-- a key --" } } },
      { name: "mesh_ca:secret:default", validationContext: { trustedCa: { inlineString: "-- a CA --" } } },
    ]);
  });

  it("has what is there already, and the CAs once for all proxies", () => {
    const other = withSecrets(snapshot, { mesh: "default", trust });
    const secret = other.types.get(typeUrls.secret);
    assert.deepEqual([...(secret?.resources.keys() ?? [])], ["mesh_ca:secret:default"]);
    const ca = withSecrets(snapshot, secrets).types.get(typeUrls.secret)?.resources.get("mesh_ca:secret:default");
    assert.equal(ca, secret?.resources.get("mesh_ca:secret:default"));
    assert.equal(withSecrets(snapshot, secrets).types.get(typeUrls.secret), withSecrets(snapshot, secrets).types.get(typeUrls.secret));
  });

  it("is the snapshot itself where nothing is wanted", () => {
    assert.equal(withSecrets(snapshot, undefined), snapshot);
  });
});
