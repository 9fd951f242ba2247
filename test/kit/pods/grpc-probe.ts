import { Client, credentials } from "@grpc/grpc-js";
import { healthService } from "../apps/grpc-app.ts";
import type { ProbeVerdict, WireProbe } from "./wire-probe.ts";

const healthNames = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** One health check over a connection of its own, without TLS, as a kubelet makes it. */
export function probeGrpc({ host, port, service, timeoutMs }: Extract<WireProbe, { readonly kind: "grpc" }>): Promise<ProbeVerdict> {
  const client = new Client(`${host.includes(":") ? `[${host}]` : host}:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = healthService.check;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, { deadline: Date.now() + timeoutMs }, (error, answer) => {
      client.close();
      if (error !== null) resolve({ ok: false, output: `error: health rpc probe failed: ${error.message}` });
      else if (answer?.status === 1) resolve({ ok: true, output: "service healthy" });
      else resolve({ ok: false, output: `service unhealthy (responded with ${JSON.stringify(healthNames[answer?.status ?? 0])})` });
    });
  });
}
