import type { Document } from "../../test/kit/api-client.ts";
import { ping, pong } from "../../test/kit/apps/tcp-app.ts";
import type { CheckTiming } from "./time-to-verdict.ts";

type Conf = Readonly<Record<string, unknown>>;

function check(name: string, service: string, conf: Conf): Document {
  return {
    type: "MeshHealthCheck",
    name,
    mesh: "default",
    spec: {
      targetRef: { kind: "MeshService", name: "web" },
      to: [{ targetRef: { kind: "MeshService", name: service }, default: conf }],
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

const httpCheck = { http: { path: "/health", expectedStatuses: [200, 201] } };
const documented = { interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1 };
const everySecond = { ...documented, interval: "1s", noTrafficInterval: "1s" };

/** The policy of Kong Mesh's documentation, word for word. */
export const webToBackend = check("web-to-backend-check", "backend", { ...documented, ...httpCheck });

/** The same with a check every second, whether there is traffic or not. */
export const webToBackendEverySecond = check("web-to-backend-check", "backend", { ...everySecond, ...httpCheck });

/** The documented fallback: the HTTP check is switched off, so the TCP check is what remains. It only connects. */
export const webToBackendOverTcp = check("web-to-backend-check", "backend", { ...everySecond, tcp: {}, http: { disabled: true } });

/** What `everySecond` means for how long a verdict takes. */
export const backendTiming: CheckTiming = { intervalMs: 1000, timeoutMs: 2000, unhealthyThreshold: 3, healthyThreshold: 1 };

/** A TCP check with payload: the cache has to answer a ping. */
export const webToCache = check("web-to-cache-check", "cache", {
  interval: "1s", noTrafficInterval: "1s", timeout: "1s", unhealthyThreshold: 2, healthyThreshold: 2,
  tcp: { send: base64(ping), receive: [base64(pong)] },
});

export const cacheTiming: CheckTiming = { intervalMs: 1000, timeoutMs: 1000, unhealthyThreshold: 2, healthyThreshold: 2 };

export const paymentServiceName = "grpc.health.v1.CustomHealth";

/** A gRPC check that asks for one service by name. */
export const webToPayment = check("web-to-payment-check", "payment", {
  interval: "1s", noTrafficInterval: "1s", timeout: "1s", unhealthyThreshold: 3, healthyThreshold: 2, grpc: { serviceName: paymentServiceName },
});

/** Envoy takes the word of an app that says NOT_SERVING at the first time, whatever the threshold. */
export const paymentTiming: CheckTiming = { intervalMs: 1000, timeoutMs: 1000, unhealthyThreshold: 1, healthyThreshold: 2 };
