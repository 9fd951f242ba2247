import assert from "node:assert/strict";
import { meshServiceKind } from "./mesh-service-kind.ts";

function told(spec: unknown): string[] {
  return meshServiceKind.validate(spec).map(({ path, message }) => `${path}: ${message}`);
}

describe("MeshService", () => {
  it("takes one selector and ports that differ", () => {
    assert.deepEqual(told({}), []);
    assert.deepEqual(told({ selector: { dataplaneTags: { app: "a" } }, ports: [{ port: 80, name: "http" }, { port: 81 }, { port: 82, targetPort: "http" }] }), []);
  });

  it("refuses two selectors, ports out of range, and ports and names that come twice", () => {
    assert.deepEqual(
      told({
        selector: { dataplaneTags: { app: "a" }, dataplaneRef: { name: "x" } },
        ports: [{ port: 80, name: "a" }, { port: 80, name: "a" }, { port: 0, targetPort: 65536 }],
      }),
      [
        "selector: must have at most one defined: dataplaneTags, dataplaneLabels, dataplaneRef",
        "ports[2].port: port must be in the range [1, 65535]",
        "ports[2].targetPort: port must be in the range [1, 65535]",
        'ports[1].port: duplicate value: "80"',
        'ports[1].name: duplicate value: "a"',
      ],
    );
    assert.deepEqual(told({ ports: [{ port: 80 }, { port: 80 }] }), ['ports[1].port: duplicate value: "80"']);
    assert.deepEqual(told({ ports: [{ port: 80 }, { port: 81, name: "80" }] }), ['ports[1].name: duplicate value: "80"']);
  });

  it("takes VIPs of both families, and refuses what is no address and what comes twice", () => {
    assert.deepEqual(told({ vips: [{ ip: "10.96.0.10" }, { ip: "fd00::10" }] }), []);
    assert.deepEqual(told({ vips: [{ ip: "backend.demo" }, { ip: "10.96.0.10" }, { ip: "10.96.0.10" }, { ip: "::" }] }), [
      "vips[0].ip: must be an IP address, and not 0.0.0.0 or ::",
      'vips[2].ip: duplicate value: "10.96.0.10"',
      "vips[3].ip: must be an IP address, and not 0.0.0.0 or ::",
    ]);
  });
});
