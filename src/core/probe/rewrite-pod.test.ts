import assert from "node:assert/strict";
import { deepFreeze } from "../base/deep-freeze.ts";
import type { ContainerSpec, PodTemplate, ProbeSpec } from "./pod-spec.ts";
import { rewritePod, type RewriteOptions, type RewrittenPod } from "./rewrite-pod.ts";

const options: RewriteOptions = { sidecarName: "istio-proxy", rewriteByDefault: true, defaultStatusPort: 15020 };
const sidecar: ContainerSpec = { name: "istio-proxy", env: [{ name: "POD_NAME", value: "x" }], readinessProbe: { httpGet: { path: "/healthz/ready", port: 15021 } } };
const web: ContainerSpec = { name: "web", ports: [{ name: "http", containerPort: 8080 }], readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 3 } };

function podOf(containers: readonly ContainerSpec[], annotations: Record<string, string> = {}, initContainers?: readonly ContainerSpec[]): PodTemplate {
  return deepFreeze({ metadata: { name: "pod", annotations }, spec: { containers, ...(initContainers && { initContainers }), dnsPolicy: "Default" } });
}

function withProbe(probe: ProbeSpec): ContainerSpec {
  return { name: "app", ports: [{ name: "http", containerPort: 8080 }], readinessProbe: probe };
}

function rewrite(pod: PodTemplate, changed: Partial<RewriteOptions> = {}): RewrittenPod {
  return rewritePod(pod, { ...options, ...changed });
}

function probersIn({ pod }: RewrittenPod, list: "containers" | "initContainers" = "containers"): string | undefined {
  const found = (pod.spec?.[list] ?? []).find(({ name }) => name === "istio-proxy")?.env?.filter(({ name }) => name === "ISTIO_KUBE_APP_PROBERS");
  assert((found?.length ?? 0) <= 1, "one variable");
  return found?.[0]?.value;
}

function containerIn({ pod }: RewrittenPod, name: string): ContainerSpec {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((container) => container.name === name)!;
}

describe("rewritePod", () => {
  it("points an HTTP probe at the agent, keeps its headers and timings, and hands the original to the sidecar", () => {
    const probe = { httpGet: { path: "/index.html", port: 80, httpHeaders: [{ name: "X-Custom-Header", value: "hello" }], scheme: "HTTPS" }, initialDelaySeconds: 5, periodSeconds: 3, timeoutSeconds: 2 };
    const rewritten = rewrite(podOf([{ name: "nginx", readinessProbe: probe }, sidecar]));
    assert.deepEqual(containerIn(rewritten, "nginx").readinessProbe, {
      httpGet: { path: "/app-health/nginx/readyz", port: 15020, httpHeaders: [{ name: "X-Custom-Header", value: "hello" }], scheme: "HTTP" },
      initialDelaySeconds: 5,
      periodSeconds: 3,
      timeoutSeconds: 2,
    });
    assert.equal(
      probersIn(rewritten),
      '{"/app-health/nginx/readyz":{"httpGet":{"path":"/index.html","port":80,"scheme":"HTTPS","httpHeaders":[{"name":"X-Custom-Header","value":"hello"}]},"timeoutSeconds":2}}',
    );
    assert.deepEqual(containerIn(rewritten, "istio-proxy").readinessProbe, sidecar.readinessProbe);
    assert.deepEqual(rewritten.pod.spec?.["dnsPolicy"], "Default");
    assert.deepEqual([rewritten.warnings, rewritten.violations], [[], []]);
  });

  it("turns TCP and gRPC probes into HTTP probes of the agent", () => {
    const rewritten = rewrite(podOf([{ name: "a", readinessProbe: { tcpSocket: { port: 2940 }, periodSeconds: 3 }, livenessProbe: { grpc: { port: 9 } }, startupProbe: { grpc: { port: 9, service: "x" } } }, sidecar]));
    const { readinessProbe, livenessProbe, startupProbe } = containerIn(rewritten, "a");
    assert.deepEqual(readinessProbe, { httpGet: { path: "/app-health/a/readyz", port: 15020 }, periodSeconds: 3 });
    assert.deepEqual(livenessProbe, { httpGet: { path: "/app-health/a/livez", port: 15020 } });
    assert.deepEqual(startupProbe, { httpGet: { path: "/app-health/a/startupz", port: 15020 } });
    assert.equal(
      probersIn(rewritten),
      '{"/app-health/a/livez":{"grpc":{"port":9,"service":null}},"/app-health/a/readyz":{"tcpSocket":{"port":2940}},"/app-health/a/startupz":{"grpc":{"port":9,"service":"x"}}}',
    );
  });

  it("rewrites hooks, too, which have no timeout", () => {
    const lifecycle = { postStart: { tcpSocket: { port: 93 } }, preStop: { httpGet: { port: 91 }, timeoutSeconds: 3 } };
    const rewritten = rewrite(podOf([sidecar, { name: "hello", lifecycle }]));
    assert.deepEqual(containerIn(rewritten, "hello").lifecycle, {
      postStart: { httpGet: { path: "/app-lifecycle/hello/poststartz", port: 15020 } },
      preStop: { httpGet: { path: "/app-lifecycle/hello/prestopz", port: 15020 }, timeoutSeconds: 3 },
    });
    assert.equal(probersIn(rewritten), '{"/app-lifecycle/hello/poststartz":{"tcpSocket":{"port":93}},"/app-lifecycle/hello/prestopz":{"httpGet":{"port":91}}}');
  });

  it("leaves commands and sleeping alone, and gives the very pod when nothing is to be done", () => {
    const command: ContainerSpec = { name: "a", livenessProbe: { exec: { command: ["true"] } }, lifecycle: { preStop: { sleep: { seconds: 1 } } } };
    for (const pod of [podOf([command, sidecar]), podOf([web]), podOf([sidecar]), podOf([]), {}]) {
      const rewritten = rewrite(pod);
      assert.equal(rewritten.pod, pod);
      assert.deepEqual([rewritten.warnings, rewritten.violations], [[], []]);
    }
  });

  it("finds a native sidecar, and rewrites other native sidecars, but no init container that ends", () => {
    const native: ContainerSpec = { ...web, name: "log", restartPolicy: "Always", startupProbe: { tcpSocket: { port: 1 } } };
    const rewritten = rewrite(podOf([web], {}, [{ ...sidecar, restartPolicy: "Always" }, native, { ...web, name: "ends" }]));
    assert.equal(probersIn(rewritten, "initContainers")?.includes("/app-health/log/startupz"), true);
    assert.equal(containerIn(rewritten, "web").readinessProbe?.httpGet?.port, 15020);
    assert.equal(containerIn(rewritten, "ends").readinessProbe?.httpGet?.port, 8080);
    assert.deepEqual(rewritten.warnings, []);
  });

  it("says when the kubelet waits for a probe or hook before the agent runs", () => {
    const hook = { postStart: { httpGet: { port: 1 } } };
    const native: ContainerSpec = { name: "log", restartPolicy: "Always", startupProbe: { tcpSocket: { port: 1 } }, livenessProbe: { tcpSocket: { port: 1 } } };
    const { warnings } = rewrite(podOf([{ name: "early", lifecycle: hook, startupProbe: { tcpSocket: { port: 1 } } }, sidecar, { name: "late", lifecycle: hook }], {}, [native]));
    assert.deepEqual(warnings, [
      'container "log": startupProbe is waited for before container "istio-proxy" starts, which answers it: the container has to come after that',
      'container "early": lifecycle.postStart is waited for before container "istio-proxy" starts, which answers it: the container has to come after that',
    ]);
  });

  describe("switches", () => {
    const annotation = "sidecar.istio.io/rewriteAppHTTPProbers";

    it("obey the annotation before the default, in all spellings of Go", () => {
      for (const text of ["1", "t", "T", "TRUE", "true", "True"]) assert.notEqual(probersIn(rewrite(podOf([web, sidecar], { [annotation]: text }), { rewriteByDefault: false })), undefined, text);
      for (const text of ["0", "f", "F", "FALSE", "false", "False"]) assert.equal(probersIn(rewrite(podOf([web, sidecar], { [annotation]: text }))), undefined, text);
      assert.equal(probersIn(rewrite(podOf([web, sidecar]), { rewriteByDefault: false })), undefined);
    });

    it("warn of a word that says neither, and take the default", () => {
      for (const rewriteByDefault of [true, false]) {
        const rewritten = rewrite(podOf([web, sidecar], { [annotation]: "yes" }), { rewriteByDefault });
        assert.equal(probersIn(rewritten) !== undefined, rewriteByDefault);
        assert.deepEqual(rewritten.warnings, [`annotation ${annotation}: "yes" is neither "true" nor "false"; what holds for all pods, "${rewriteByDefault}", holds for this one`]);
      }
    });

    it("take the agent's port from the annotation, else from the settings", () => {
      const port = "status.sidecar.istio.io/port";
      assert.equal(containerIn(rewrite(podOf([web, sidecar], { [port]: "15099" })), "web").readinessProbe?.httpGet?.port, 15099);
      assert.equal(containerIn(rewrite(podOf([web, sidecar]), { defaultStatusPort: 16000 }), "web").readinessProbe?.httpGet?.port, 16000);
    });

    it("refuse a port that is none, and 0 where there is something to rewrite", () => {
      const port = "status.sidecar.istio.io/port";
      for (const [text, message] of [["x", /must be a port from 0 to 65535, and is "x"/], ["70000", /must be a port/], ["-1", /must be a port/], ["0", /is 0, so that no agent listens/]] as const) {
        const pod = podOf([web, sidecar], { [port]: text });
        const { pod: same, violations } = rewrite(pod);
        assert.equal(same, pod);
        assert.equal(violations.length, 1);
        assert.equal(violations[0]?.path, 'metadata.annotations["status.sidecar.istio.io/port"]');
        assert.match(violations[0].message, message);
        assert.deepEqual(rewrite(podOf([web, sidecar], { [port]: text, [annotation]: "false" })).violations, []);
        assert.deepEqual(rewrite(podOf([sidecar], { [port]: text })).violations, []);
      }
    });
  });

  describe("ports and hosts", () => {
    function left(probe: ProbeSpec, ...others: readonly ContainerSpec[]): string {
      const pod = podOf([withProbe(probe), sidecar, ...others]);
      const rewritten = rewrite(pod);
      assert.equal(rewritten.pod, pod);
      assert.deepEqual(rewritten.violations, []);
      assert.equal(rewritten.warnings.length, 1);
      return rewritten.warnings[0]!.replace('container "app": readinessProbe is left as it is: ', "");
    }

    it("find a named port of the same container, and a number written as text", () => {
      assert.equal(probersIn(rewrite(podOf([withProbe({ httpGet: { port: "http" } }), sidecar]))), '{"/app-health/app/readyz":{"httpGet":{"port":8080}}}');
      assert.equal(probersIn(rewrite(podOf([withProbe({ tcpSocket: { port: "81" } }), sidecar]))), '{"/app-health/app/readyz":{"tcpSocket":{"port":81}}}');
    });

    it("leave a probe whose port nobody can find, and say where it would be found", () => {
      assert.equal(left({ httpGet: { port: "web" } }), 'the container has no port named "web"');
      assert.equal(left({ tcpSocket: { port: "web" } }, { name: "b", ports: [{ name: "web", containerPort: 1 }] }), 'the container has no port named "web"; container "b" has one, which does not count');
      assert.equal(left({ httpGet: {} }), "it names no port");
      assert.equal(left({ grpc: { port: 0 } }), "0 is no port");
      assert.equal(left({ httpGet: { port: 65_536 } }), "65536 is no port");
      assert.equal(left({ httpGet: { port: 1, scheme: "ftp" } }), 'its scheme "ftp" is neither HTTP nor HTTPS');
    });

    it("drop a host that is the pod's own", () => {
      for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "0.0.0.0", "LocalHost", "10.0.0.7", "fd00::7"]) {
        const pod = { ...podOf([withProbe({ httpGet: { port: 80, host } }), sidecar]), status: { podIP: "10.0.0.7", podIPs: [{ ip: "10.0.0.7" }, { ip: "fd00::7" }] } };
        const rewritten = rewrite(pod);
        assert.deepEqual(containerIn(rewritten, "app").readinessProbe?.httpGet, { port: 15020, path: "/app-health/app/readyz" }, host);
        assert.deepEqual(rewritten.warnings, []);
      }
    });

    it("leave a probe of another host", () => {
      for (const host of ["10.0.0.7", "example.com", "localhost.example.com"]) {
        assert.equal(left({ httpGet: { port: 80, host } }), `its host "${host}" is not this pod's, and the agent asks its own pod alone`);
        assert.equal(left({ tcpSocket: { port: 80, host } }), `its host "${host}" is not this pod's, and the agent asks its own pod alone`);
      }
    });

    it("leave a probe that says nothing, or more than one thing, for the API server to refuse", () => {
      assert.equal(left({ periodSeconds: 3 }), "it says nothing that can be asked");
      assert.equal(left({ httpGet: { port: 1 }, tcpSocket: { port: 1 } }), "it says httpGet and tcpSocket, of which only one may be there");
      assert.equal(left({ exec: {}, grpc: { port: 1 } }), "it says grpc and exec, of which only one may be there");
    });

    it("leave a probe of the agent itself; one of a path that the agent does not know is told", () => {
      const pod = podOf([withProbe({ httpGet: { path: "/healthz/ready", port: 15020 } }), sidecar]);
      assert.deepEqual(rewrite(pod), { pod, warnings: [], violations: [] });
      const copied = podOf([withProbe({ httpGet: { path: "/app-health/other/readyz", port: 15020 } }), sidecar]);
      assert.deepEqual(rewrite(copied), {
        pod: copied,
        warnings: ['container "app": readinessProbe asks the agent for /app-health/other/readyz, and the agent knows nothing of it: the probe will fail'],
        violations: [],
      });
    });
  });
});
