import assert from "node:assert/strict";
import type { JsonObject } from "../base/json.ts";
import { kindNamed } from "../policy/registry.ts";
import { columnsOf } from "./columns.ts";
import { formatAge } from "./format-age.ts";
import { formatTable } from "./format-table.ts";
import { destinationTexts, fewOf, targetText } from "./target-text.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

function table(kindName: string, items: readonly JsonObject[], wide = false): string {
  const columns = columnsOf(kindNamed(kindName)!, wide);
  return formatTable(columns.map(({ header }) => header), items.map((item) => columns.map((column) => column.cell(item, now))));
}

describe("formatAge", () => {
  for (const [ago, text] of [[0, "0s"], [59, "59s"], [60, "1m"], [3599, "59m"], [3600, "1h"], [86_400, "1d"], [400 * 86_400, "1y"]] as const) {
    it(`${ago} s are ${text}`, () => assert.equal(formatAge(new Date(now - ago * 1000).toISOString(), now), text));
  }
  it("takes a clock that is behind for now, and no time for no age", () => {
    assert.equal(formatAge("2026-11-21T12:00:09Z", now), "0s");
    assert.equal(formatAge(undefined, now), "-");
  });
});

describe("formatTable", () => {
  it("is laid out as kumactl does it", () => {
    assert.equal(formatTable(["MESH", "NAME", "AGE"], [["demo", "hc-a", "1s"], ["demo", "hc-backend", "1m"]]), [
      "MESH   NAME         AGE\n",
      "demo   hc-a         1s\n",
      "demo   hc-backend   1m\n",
    ].join(""));
  });
  it("lets no cell break the line or move the cursor", () => {
    assert.equal(formatTable(["A", "B"], [["x\ny", "\u001b[2Jz"]]), "A     B\nx y   [2Jz\n");
  });
});

describe("targets in a few words", () => {
  for (const [ref, text] of [
    [undefined, "Mesh"],
    [{ kind: "Mesh" }, "Mesh"],
    [{ kind: "MeshService", name: "web" }, "MeshService web"],
    [{ kind: "MeshSubset", tags: { a: "b", c: "d" } }, "MeshSubset a=b c=d"],
    [{ kind: "MeshServiceSubset", name: "web", tags: { v: "1" } }, "MeshServiceSubset web v=1"],
    [{ kind: "Dataplane", labels: { app: "web" } }, "Dataplane app=web"],
    [{ kind: "MeshService", name: "web", namespace: "ns", sectionName: "http" }, "MeshService web.ns:http"],
  ] as const) {
    it(text, () => assert.equal(targetText(ref), text));
  }
  it("names destinations without their kind where they have a name", () => {
    assert.deepEqual(destinationTexts([{ targetRef: { kind: "Mesh" } }, { targetRef: { kind: "MeshService", name: "b" } }]), ["Mesh", "b"]);
  });
  it("counts what is too much to list", () => {
    assert.equal(fewOf([]), "-");
    assert.equal(fewOf(["a", "b", "c"]), "a, b, c");
    assert.equal(fewOf(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
  });
});

describe("tables of resources", () => {
  const creationTime = "2026-11-21T11:58:00Z";

  it("of MeshHealthChecks say whom they target, whom they check, and who runs with them", () => {
    const spec = { targetRef: { kind: "MeshService", name: "web" }, to: [{ targetRef: { kind: "MeshService", name: "backend" } }] };
    const status = { proxies: { selected: 3, connected: 3, programmed: 2, rejecting: 1 }, notices: [{}] };
    const items: readonly JsonObject[] = [
      { mesh: "demo", name: "hc", creationTime, spec, status },
      { mesh: "demo", name: "all", creationTime, spec: { to: [{ targetRef: { kind: "Mesh" } }] } },
    ];
    assert.equal(table("MeshHealthCheck", items), [
      "MESH   NAME   TARGET            DESTINATIONS   PROGRAMMED   REJECTED   AGE\n",
      "demo   hc     MeshService web   backend        2/3          1          2m\n",
      "demo   all    Mesh              Mesh           -            -          2m\n",
    ].join(""));
    assert.match(table("MeshHealthCheck", items, true), /REJECTED {3}CONNECTED {3}NOTICES {3}AGE\n.* 1 {10}3 {11}1 {9}2m\n/);
  });

  it("of Dataplanes show what somebody chose, not what every store adds", () => {
    const networking = { address: "10.0.0.1", inbound: [{ port: 80, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }], outbound: [{ port: 1 }] };
    const item = { mesh: "demo", name: "web-1", creationTime, labels: { app: "web", "kuma.io/mesh": "demo" }, networking };
    assert.equal(table("Dataplane", [item]), [
      "MESH   NAME    TAGS                                               ADDRESS    AGE\n",
      "demo   web-1   app=web kuma.io/protocol=http kuma.io/service=web   10.0.0.1   2m\n",
    ].join("").replace("TAGS                                               ", "TAGS                                                "));
    assert.match(table("Dataplane", [item], true), /INBOUNDS {3}OUTBOUNDS {3}AGE\n.*80\/http {4}1 /);
  });

  it("of MeshServices show ports and selector", () => {
    const spec = { selector: { dataplaneTags: { app: "b" } }, ports: [{ port: 80, targetPort: 8080, appProtocol: "http" }, { port: 90 }] };
    assert.match(table("MeshService", [{ mesh: "demo", name: "b", creationTime, spec }]), /demo {3}b {6}80→8080\/http, 90\/tcp {3}app=b {6}2m\n/);
  });

  it("of Meshes have no mesh, and of Secrets no content", () => {
    assert.equal(table("Mesh", [{ name: "demo", creationTime }]), "NAME   AGE\ndemo   2m\n");
    assert.equal(table("Secret", [{ mesh: "demo", name: "s", data: "c2VjcmV0" }]), "MESH   NAME   AGE\ndemo   s      -\n");
  });
});
