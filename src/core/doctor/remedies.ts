import type { JsonObject } from "../base/json.ts";
import type { Evidence } from "./evidence.ts";
import type { Remedy } from "./finding.ts";
import { mindWhose, type Whose } from "./whose.ts";

/** Keeps connections for less time than the app does: inbound, for all who call; or outbound, where the callers' proxies hold them. */
export function idleTimeout(whose: Whose, evidence: Evidence, direction: "inbound" | "outbound", idle: string): Remedy {
  const conf = { idleTimeout: idle };
  const spec = direction === "inbound"
    ? { targetRef: whose.top, rules: [{ default: conf }] }
    : { targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: conf }] };
  return {
    title: `let the proxy close idle connections to the app after ${idle}, before the app does`,
    documents: [policy("MeshTimeout", `${whose.name}-idle`, evidence, spec)],
    mind: join("The shorter, the more connections are made anew: a little below what the app has is best.", mindWhose(whose)),
  };
}

/** Tries again, elsewhere if there is an elsewhere, also where the connection was cut after the request was sent. */
export function retryResets(whose: Whose, evidence: Evidence, methods: ReadonlySet<string>): Remedy {
  const http = {
    numRetries: 2, retryOn: ["ConnectFailure", "RefusedStream", "Reset", "503"], backOff: { baseInterval: "25ms" },
    hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 5,
  };
  const to = (conf: JsonObject): JsonObject => ({ targetRef: { kind: "Mesh" }, to: [{ targetRef: whose.destination, default: conf }] });
  const unsafe = [...methods].filter((method) => !idempotent.has(method));
  return {
    title: "let callers try again when a connection is cut",
    documents: [
      policy("MeshRetry", `${whose.name}-retry`, evidence, to({ http })),
      // Envoy lets three retries of a cluster wait at once, and what is cut is cut together.
      policy("MeshCircuitBreaker", `${whose.name}-retries`, evidence, to({ connectionLimits: { maxRetries: 100 } })),
    ],
    mind: join(
      "Without the second policy at most three retries run at the same time.",
      unsafe.length === 0 ? "" : `${unsafe.join(" and ")} requests can reach the app twice this way: leave Reset and 503 out if that does harm.`,
      mindWhose(whose),
    ),
  };
}

const idempotent = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", ""]);

/** Start and stop of proxy and app in an order that loses nothing. */
export function lifecycle(evidence: Evidence): Remedy {
  const config = "holdApplicationUntilProxyStarts: true\nterminationDrainDuration: 20s\n";
  return {
    title: `start the proxy before ${workload(evidence)} and stop it after`,
    documents: [{
      apiVersion: "apps/v1", kind: "Deployment", metadata: { name: workload(evidence) },
      spec: {
        template: {
          metadata: { annotations: { "proxy.istio.io/config": config } },
          spec: {
            terminationGracePeriodSeconds: 40,
            containers: [{ name: workload(evidence), lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } } }],
          },
        },
      },
    }],
    mind: "For Kubernetes, as a patch of the workload; the names of workload and container are to be yours. Outside it: end the app only when `probeplane proxy` or `probeplane agent` has ended, which drains first.",
  };
}

function workload({ mesh: { service = "app" } }: Evidence): string {
  return service;
}

/** Plain text for one port of some proxies, beside mutual TLS. */
export function permissivePort(whose: Whose, evidence: Evidence, port: number): Remedy {
  const { fact } = whose;
  const targetRef: JsonObject = fact === undefined
    ? { kind: "Mesh" }
    : { kind: "Dataplane", name: fact.dataplane, sectionName: fact.section };
  return {
    title: `take plain text on port ${port} as well`,
    documents: [policy("MeshTLS", `${whose.name}-permissive-${port}`, evidence, { targetRef, rules: [{ default: { mode: "Permissive" } }] })],
    mind: join("Whoever reaches the port can then call without a certificate.", fact === undefined ? mindWhose({ ...whose, isKnown: false }) : ""),
  };
}

/** A policy of the mesh in the form that `probeplane apply` and `kumactl apply` take. */
export function policy(type: string, name: string, { mesh }: Evidence, spec: JsonObject): JsonObject {
  return { type, mesh: mesh.name, name: name.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-").replaceAll(/^-+|-+$/g, ""), spec };
}

export function join(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join(" ");
}
