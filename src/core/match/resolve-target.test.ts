import assert from "node:assert/strict";
import { healthCheck, meshExternalService, meshService } from "../../../test/kit/resources.ts";
import type { Labels } from "../model/resource.ts";
import type { TargetRef } from "../model/target-ref.ts";
import { meansTarget } from "./resolve-target.ts";
import type { Target } from "./resolve-target.ts";

const ns = (name: string): Labels => ({ "k8s.kuma.io/namespace": name });
const tagged = (service: string): Target => ({ kind: "tagged", service });
const universal = meshService("backend", {}, { app: "b" });
const kube = meshService("backend.ns1", {}, { "kuma.io/display-name": "backend", ...ns("ns1") });
const east = meshService("backend", {}, { "kuma.io/zone": "east" });
const http: Target = { kind: "service", service: universal, port: { port: 80, name: "http" } };
const api: Target = { kind: "external", service: meshExternalService("api", { match: { port: 443 } }, { app: "b" }) };
const kubeApi: Target = { kind: "external", service: meshExternalService("api.kuma-system", { match: { port: 443 } }, { "kuma.io/display-name": "api", ...ns("kuma-system") }) };
const kubePort: Target = { kind: "service", service: kube, port: { port: 80 } };

describe("resolve `to` targets", () => {
  const name = (text: string, rest: Partial<TargetRef> = {}): TargetRef => ({ kind: "MeshService", name: text, ...rest });
  const labels = (wanted: Labels): TargetRef => ({ kind: "MeshService", labels: wanted });
  const cases: readonly (readonly [string, TargetRef, Labels, Target, boolean])[] = [
    ["Mesh means a tag", { kind: "Mesh" }, {}, tagged("x"), true],
    ["Mesh means a MeshService", { kind: "Mesh" }, {}, http, true],
    ["a name means its tag", name("backend"), {}, tagged("backend"), true],
    ["a name means no other tag", name("backend"), {}, tagged("backend2"), false],
    ["a tag has no sections", name("backend", { sectionName: "80" }), {}, tagged("backend"), false],
    ["a derived tag has one", name("backend", { sectionName: "80" }), {}, tagged("backend_ns1_svc_80"), true],
    ["and no other one", name("backend", { sectionName: "81" }), {}, tagged("backend_ns1_svc_80"), false],
    ["a derived name means the derived tag", name("backend_ns1_svc_80"), ns("ns9"), tagged("backend_ns1_svc_80"), true],
    ["a derived name without port too", name("backend_ns1_svc"), {}, tagged("backend_ns1_svc_80"), true],
    ["a bare name is of the policy's namespace", name("backend"), ns("ns1"), tagged("backend_ns1_svc_80"), true],
    ["and of no other", name("backend"), ns("ns2"), tagged("backend_ns1_svc_80"), false],
    ["unless the operator says it", name("backend"), ns("kong-mesh-system"), tagged("backend_ns1_svc_80"), true],
    ["or the ref names the namespace", name("backend", { namespace: "ns1" }), ns("ns2"), tagged("backend_ns1_svc_80"), true],
    ["a name means a MeshService", name("backend"), {}, http, true],
    ["by its display name", name("backend"), ns("ns1"), kubePort, true],
    ["not in another namespace", name("backend"), ns("ns2"), kubePort, false],
    ["in every one for the operator", name("backend"), ns("kuma-system"), kubePort, true],
    ["not in another zone", name("backend"), {}, { kind: "service", service: east, port: { port: 80 } }, false],
    ["a derived name means service, namespace and port", name("backend_ns1_svc_80"), {}, kubePort, true],
    ["not another port", name("backend_ns1_svc_81"), {}, kubePort, false],
    ["a section is a port's name", name("backend", { sectionName: "http" }), {}, http, true],
    ["and not the number of a port that has one", name("backend", { sectionName: "80" }), {}, http, false],
    ["the number of a port without a name", name("backend", { sectionName: "80" }), {}, kubePort, true],
    ["labels", labels({ app: "b" }), {}, http, true],
    ["labels that it has not", labels({ app: "c" }), {}, http, false],
    ["the display name as a label", labels({ "kuma.io/display-name": "backend" }), {}, http, true],
    ["the display name of a service that only tags name", labels({ "kuma.io/display-name": "backend" }), {}, tagged("backend"), true],
    ["the same of a derived one", labels({ "kuma.io/display-name": "backend", ...ns("ns1") }), {}, tagged("backend_ns1_svc_80"), true],
    ["a tag has no other labels", labels({ app: "b" }), {}, tagged("backend"), false],
    ["Mesh means a MeshExternalService", { kind: "Mesh" }, {}, api, true],
    ["MeshExternalService means one by its name", { kind: "MeshExternalService", name: "api" }, {}, api, true],
    ["and by its labels", { kind: "MeshExternalService", labels: { app: "b" } }, {}, api, true],
    ["not by labels that it has not", { kind: "MeshExternalService", labels: { app: "c" } }, {}, api, false],
    ["not in another namespace", { kind: "MeshExternalService", name: "api" }, ns("ns1"), kubeApi, false],
    ["unless the ref names it", { kind: "MeshExternalService", name: "api", namespace: "kuma-system" }, ns("ns1"), kubeApi, true],
    ["MeshService means none", name("api"), {}, api, false],
    ["MeshExternalService means none of these", { kind: "MeshExternalService", name: "backend" }, {}, http, false],
  ];
  for (const [title, ref, of, target, expected] of cases) {
    it(title, () => assert.equal(meansTarget(healthCheck("p", undefined, [], of), ref, target), expected));
  }
});
