import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import type { CommandResult } from "./command.ts";
import { dig } from "./dig.ts";

/** kumactl, or what stands in for it. */
export interface Tool {
  /** Runs it with these words; its home is a folder of its own. */
  run(words: readonly string[]): Promise<CommandResult>;
  /** The words that make a data plane token. */
  readonly tokenWords: readonly string[];
}

const files = {
  "mesh.yaml": "type: Mesh\nname: demo\n",
  "web.yaml": `type: Dataplane
mesh: demo
name: web-1
labels:
  app: web
networking:
  address: 127.0.0.3
  inbound:
    - port: 9000
      servicePort: 9001
      serviceAddress: 127.0.0.3
      name: http
      protocol: http
  outbound:
    - address: 127.0.0.1
      port: 18080
      backendRef:
        kind: MeshService
        name: backend
        port: 80
`,
  "backend.yaml": `type: MeshService
mesh: demo
name: backend
spec:
  selector:
    dataplaneLabels:
      matchLabels:
        app: backend
  ports:
    - name: http
      port: 80
      targetPort: http
      appProtocol: http
`,
  "check.yaml": `type: MeshHealthCheck
mesh: demo
name: web-to-backend
spec:
  targetRef:
    kind: Dataplane
    labels:
      app: web
  to:
    - targetRef:
        kind: MeshService
        labels:
          kuma.io/display-name: backend
      default:
        interval: 10s
        timeout: 2s
        unhealthyThreshold: 3
        healthyThreshold: 1
        http:
          path: "{{ path }}"
          expectedStatuses: [200, 201]
`,
} as const;

/** One step of the flow: its name, and what has to hold. */
export interface FlowStep {
  readonly name: string;
  check(): Promise<void>;
}

/** The flow of kumactl's documentation for a policy: apply, get as table, YAML and JSON, inspect, a token, delete. Steps build on each other. */
export function documentedFlow(tool: Tool, folder: string, address: string): readonly FlowStep[] {
  const file = (name: keyof typeof files): string => path.join(folder, name);
  const ok = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await tool.run(words);
    assert.equal(status, 0, `${words.join(" ")}: ${err}`);
    return out;
  };
  const step = (name: string, check: () => Promise<void>): FlowStep => ({ name, check });
  return [
    step("adds the control plane and makes it the active one", async () => {
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
      const out = await ok("config", "control-planes", "add", "--name", "flow", "--address", address, "--overwrite");
      assert.match(out, /added Control Plane "flow"\nswitched active Control Plane to "flow"\n/);
    }),
    step("applies a mesh, a service, a proxy and a policy with a variable", async () => {
      assert.match(await ok("apply", "-f", file("mesh.yaml")), /resource type="Mesh" mesh="" name="demo" created/i);
      assert.match(await ok("apply", "-f", file("backend.yaml")), /resource type="MeshService" mesh="demo" name="backend" created/i);
      assert.match(await ok("apply", "-f", file("web.yaml")), /resource type="Dataplane" mesh="demo" name="web-1" created/i);
      assert.match(await ok("apply", "-f", file("check.yaml"), "-v", "path=/health"), /resource type="MeshHealthCheck" mesh="demo" name="web-to-backend" created/i);
    }),
    step("applies the same again", async () => {
      assert.match(await ok("apply", "-f", file("check.yaml"), "-v", "path=/health"), /name="web-to-backend" (updated|unchanged)/i);
    }),
    step("gets policies as a table", async () => {
      assert.match(await ok("get", "meshhealthchecks", "-m", "demo"), /^MESH +NAME .*AGE *\ndemo +web-to-backend .*\d+[sm] *\n/);
    }),
    step("gets the policy as YAML and as JSON", async () => {
      const yaml: unknown = parse(await ok("get", "meshhealthcheck", "web-to-backend", "-m", "demo", "-o", "yaml"));
      const json: unknown = JSON.parse(await ok("get", "meshhealthcheck", "web-to-backend", "-m", "demo", "-o", "json"));
      for (const document of [yaml, json]) assert.equal(dig(document, "spec", "to", 0, "default", "http", "path"), "/health");
    }),
    step("inspects whom the policy affects", async () => {
      assert.match(await ok("inspect", "meshhealthcheck", "web-to-backend", "-m", "demo"), /^Affected data plane proxies:\n\n {2}web-1\n/);
    }),
    step("inspects the proxies of the mesh", async () => {
      assert.match(await ok("inspect", "dataplanes", "-m", "demo"), /^MESH +NAME +TAGS +STATUS.*\ndemo +web-1 .* Offline /);
    }),
    step("inspects what the proxy is sent", async () => {
      const config: unknown = JSON.parse(await ok("inspect", "dataplane", "web-1", "-m", "demo", "--type=config"));
      const cluster = dig(config, "xds", "type.googleapis.com/envoy.config.cluster.v3.Cluster", "kri_msvc_demo_default__backend_http");
      assert.equal(dig(cluster, "healthChecks", 0, "httpHealthCheck", "path"), "/health");
    }),
    step("makes a data plane token", async () => {
      const token = await ok(...tool.tokenWords, "-m", "demo", "--name", "web-1", "--valid-for", "24h");
      assert.match(token.trim(), /^[\w-]+\.[\w-]+\.[\w-]+$/);
    }),
    step("deletes the policy, and finds it no more", async () => {
      assert.equal((await ok("delete", "meshhealthcheck", "web-to-backend", "-m", "demo")).trim(), 'deleted MeshHealthCheck "web-to-backend"');
      assert.equal((await tool.run(["get", "meshhealthcheck", "web-to-backend", "-m", "demo"])).status, 1);
      assert.equal((await tool.run(["delete", "meshhealthcheck", "web-to-backend", "-m", "demo"])).status, 1);
    }),
  ];
}
