import assert from "node:assert/strict";
import { podObject, serviceObject } from "../../../test/kit/kube-objects.ts";
import type { PodParts } from "../../../test/kit/kube-objects.ts";
import { validateDataplane } from "../model/validate-dataplane.ts";
import { deriveDataplane } from "./derive-dataplane.ts";
import { trimPod } from "./pod.ts";
import type { Service } from "./service.ts";

const web = { app: "web", "pod-template-hash": "5d4f", "kuma.io/sidecar-injection": "enabled", empty: "" };

function derived(parts: PodParts, services: readonly Service[] = [serviceObject("shop", "web")]) {
  return deriveDataplane(podObject("shop", "web-1", { labels: web, ...parts }), "default", services);
}

function inbounds(parts: PodParts, services?: readonly Service[]) {
  return derived(parts, services)?.spec.networking.inbound ?? [];
}

describe("the Dataplane of a pod", () => {
  it("has an inbound for the port of its Service, tags by which policies find it, labels, and where its connections are redirected", () => {
    assert.deepEqual(derived({}), {
      kind: "Dataplane",
      mesh: "default",
      name: "web-1.shop",
      labels: {
        app: "web",
        empty: "",
        "k8s.kuma.io/namespace": "shop",
        "kuma.io/display-name": "web-1",
        "kuma.io/env": "kubernetes",
        "kuma.io/mesh": "default",
        "kuma.io/origin": "zone",
        "kuma.io/proxy-type": "sidecar",
        "kuma.io/sidecar-injection": "enabled",
        "kuma.io/zone": "default",
        "pod-template-hash": "5d4f",
      },
      spec: {
        networking: {
          address: "10.0.0.1",
          inbound: [
            {
              port: 8080,
              state: "Ready",
              tags: {
                app: "web",
                "k8s.kuma.io/namespace": "shop",
                "k8s.kuma.io/service-name": "web",
                "k8s.kuma.io/service-port": "80",
                "kuma.io/protocol": "http",
                "kuma.io/service": "web_shop_svc_80",
                "pod-template-hash": "5d4f",
              },
            },
          ],
          transparentProxying: { redirectPortInbound: 15_006, redirectPortOutbound: 15_001, ipFamilyMode: "IPv4" },
        },
      },
    });
  });

  it("is one that the API would take, and is the same when the pod was trimmed", () => {
    const pod = podObject("shop", "web-1", { labels: web, annotations: { "kuma.io/gateway": "disabled", other: "x".repeat(1000) }, ports: [{ name: "http", containerPort: 8080 }] });
    const whole = deriveDataplane(pod, "default", [serviceObject("shop", "web")]);
    assert.deepEqual(validateDataplane(whole?.spec), []);
    assert.deepEqual(deriveDataplane(trimPod(pod), "default", [serviceObject("shop", "web")]), whole);
    assert.ok(!JSON.stringify(trimPod(pod)).includes("xxx"));
  });

  it("is not there for a pod without an address, and for one that has ended", () => {
    for (const parts of [{ ip: "" }, { phase: "Failed" }, { phase: "Succeeded" }]) assert.equal(derived(parts), undefined, JSON.stringify(parts));
    assert.notEqual(derived({ phase: "Pending" }), undefined);
  });

  const states: readonly (readonly [string, PodParts, string])[] = [
    ["every container is", {}, "Ready"],
    ["the app is not", { containers: { app: false, "istio-proxy": true } }, "NotReady"],
    ["the sidecar is not", { containers: { app: true, "istio-proxy": false } }, "NotReady"],
    ["a third container is not", { containers: { app: true, "istio-proxy": true, worker: false } }, "NotReady"],
    ["it is being deleted", { deleting: true }, "NotReady"],
  ];
  for (const [when, parts, state] of states) {
    it(`is ${state} when ${when}`, () => {
      assert.deepEqual(inbounds(parts).map((inbound) => inbound.state), [state]);
    });
  }

  it("waits for a sidecar that is an init container, for one whose status nobody reported, and for the condition Ready", () => {
    const pod = podObject("shop", "web-1", { labels: web });
    const state = (status: object, spec: object = {}) =>
      deriveDataplane({ ...pod, spec: { ...pod.spec, ...spec }, status: { ...pod.status, ...status } }, "default", [serviceObject("shop", "web")])?.spec.networking.inbound?.[0]?.state;
    const sidecar = { initContainers: [{ name: "init" }, { name: "istio-proxy", restartPolicy: "Always" }], containers: [{ name: "app" }] };
    assert.equal(state({ initContainerStatuses: [{ name: "istio-proxy", ready: true }] }, sidecar), "Ready");
    assert.equal(state({ containerStatuses: [{ name: "app", ready: true }], initContainerStatuses: [{ name: "istio-proxy", ready: false }] }, sidecar), "NotReady");
    assert.equal(state({ containerStatuses: [] }), "NotReady");
    assert.equal(state({ conditions: [{ type: "Ready", status: "False" }] }), "NotReady");
    assert.equal(state({ conditions: [{ type: "Ready", status: "True" }, { type: "PodScheduled", status: "False" }] }), "Ready");
  });

  it("has an inbound for each TCP port of each Service, named ports by their number in this pod", () => {
    const ports = [{ name: "web", containerPort: 9090 }, { name: "dns", containerPort: 53, protocol: "UDP" }, { name: "dns", containerPort: 53 }];
    const services = [
      serviceObject("shop", "a", { ports: [{ port: 80, targetPort: "web" }, { port: 81, targetPort: "elsewhere" }, { port: 53, protocol: "UDP" }, { port: 53, targetPort: "dns" }] }),
      serviceObject("shop", "b", { ports: [{ port: 9090, appProtocol: "grpc" }] }),
    ];
    const found = inbounds({ ports }, services).map(({ port, name, tags }) => [port, name, tags?.["kuma.io/service"], tags?.["kuma.io/protocol"]]);
    assert.deepEqual(found, [
      [9090, "web", "a_shop_svc_80", "tcp"],
      [53, "dns", "a_shop_svc_53", "tcp"],
      [9090, "web", "b_shop_svc_9090", "grpc"],
    ]);
  });

  it("is found before it is ready where the Service wants that, but not while it goes", () => {
    const early = [serviceObject("shop", "web", { spec: { publishNotReadyAddresses: true } })];
    assert.equal(inbounds({ containers: { app: false } }, early)[0]?.state, "Ready");
    assert.equal(inbounds({ containers: { app: false }, deleting: true }, early)[0]?.state, "NotReady");
  });

  const owners: readonly (readonly [string, PodParts["owner"], string])[] = [
    ["itself", undefined, "web-1_shop_svc"],
    ["its Deployment", { kind: "ReplicaSet", name: "front-5d4f" }, "front_shop_svc"],
    ["its StatefulSet", { kind: "StatefulSet", name: "db" }, "db_shop_svc"],
    ["its CronJob", { kind: "Job", name: "report-29012345" }, "report_shop_svc"],
    ["its Job", { kind: "Job", name: "migrate-v2" }, "migrate-v2_shop_svc"],
  ];
  for (const [what, owner, service] of owners) {
    it(`without a Service is called by ${what}, at a port that nobody calls`, () => {
      const [inbound] = inbounds(owner === undefined ? {} : { owner }, []);
      assert.deepEqual([inbound?.port, inbound?.state, inbound?.tags?.["kuma.io/service"], inbound?.tags?.["app"]], [49_151, "Ignored", service, "web"]);
    });
  }

  it("follows the annotations of the pod", () => {
    const annotations = {
      "kuma.io/transparent-proxying-inbound-port": "20006",
      "kuma.io/transparent-proxying-outbound-port": "no port",
      "kuma.io/transparent-proxying-ip-family-mode": "ipv4",
      "kuma.io/transparent-proxying-reachable-services": " b_shop_svc_80, a ,,b_shop_svc_80",
      "kuma.io/envoy-admin-port": "9902",
    };
    const { transparentProxying, admin } = derived({ annotations })?.spec.networking ?? {};
    assert.deepEqual(transparentProxying, { redirectPortInbound: 20_006, redirectPortOutbound: 15_001, ipFamilyMode: "IPv4", reachableServices: ["a", "b_shop_svc_80"] });
    assert.deepEqual(admin, { port: 9902 });
    assert.equal(derived({ annotations: { "kuma.io/transparent-proxying": "disabled" } })?.spec.networking.transparentProxying, undefined);
    assert.deepEqual(derived({ annotations: { "kuma.io/transparent-proxying-reachable-services": "" } })?.spec.networking.transparentProxying?.reachableServices, []);
  });

  it("is redirected for the families of which the pod has addresses, unless an annotation says otherwise", () => {
    const familyOf = (ips: readonly string[], annotations = {}): string | undefined => {
      const pod = podObject("shop", "web-1", { annotations });
      const status = { ...pod.status, podIP: ips[0] ?? "", podIPs: ips.map((ip) => ({ ip })) };
      return deriveDataplane({ ...pod, status }, "default", [])?.spec.networking.transparentProxying?.ipFamilyMode;
    };
    assert.equal(familyOf(["10.1.0.1"]), "IPv4");
    assert.equal(familyOf(["fd00::1"]), "IPv6");
    assert.equal(familyOf(["10.1.0.1", "fd00::1"]), "DualStack");
    assert.equal(familyOf(["10.1.0.1"], { "kuma.io/transparent-proxying-ip-family-mode": "dualstack" }), "DualStack");
  });

  it("says which of its ports are not redirected, as the rules in the pod have it", () => {
    const excluded = (annotations: Readonly<Record<string, string>>) => derived({ annotations })?.spec.networking.transparentProxying?.excludedInboundPorts;
    assert.deepEqual(excluded({ "traffic.kuma.io/exclude-inbound-ports": "9102,8000-8100" }), [8080]);
    assert.deepEqual(excluded({ "traffic.sidecar.istio.io/excludeInboundPorts": "8080" }), [8080]);
    assert.deepEqual(excluded({ "traffic.kuma.io/exclude-inbound-ports": "9102" }), undefined);
    assert.deepEqual(excluded({ "traffic.sidecar.istio.io/includeInboundPorts": "9090" }), [8080]);
    assert.deepEqual(excluded({ "traffic.sidecar.istio.io/includeInboundPorts": "8080", "traffic.kuma.io/exclude-inbound-ports": "8080" }), undefined);
    assert.deepEqual(excluded({ "kuma.io/gateway": "enabled", "traffic.kuma.io/exclude-inbound-ports": "8080" }), undefined);
    const trimmed = trimPod(podObject("shop", "web-1", { annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": "8080" } }));
    assert.deepEqual(deriveDataplane(trimmed, "default", [serviceObject("shop", "web")])?.spec.networking.transparentProxying?.excludedInboundPorts, [8080]);
  });

  it("calls an app that listens on localhost there, for every port or for one; what nobody can read says nothing", () => {
    const addressOf = (text: string) => inbounds({ annotations: { "probeplane.io/app-address": text } })[0]?.serviceAddress;
    assert.deepEqual(["127.0.0.1", "8080=::1", "8081=127.0.0.1", "10.0.0.9", ""].map(addressOf), ["127.0.0.1", "::1", undefined, undefined, undefined]);
  });

  it("of a gateway has the tags of its first port and takes nothing captured", () => {
    const gateway = derived({ annotations: { "kuma.io/gateway": "enabled" } });
    assert.deepEqual(gateway?.spec.networking.gateway?.tags?.["kuma.io/service"], "web_shop_svc_80");
    assert.equal(gateway.spec.networking.inbound, undefined);
    assert.deepEqual(gateway.spec.networking.transparentProxying, { redirectPortOutbound: 15_001, ipFamilyMode: "IPv4" });
    assert.equal(gateway.labels["kuma.io/proxy-type"], "gateway");
  });
});
