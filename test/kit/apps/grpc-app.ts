import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Metadata, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import type { Certificate } from "../certificates.ts";
import { freePort } from "../ports.ts";
import type { App } from "./app.ts";

/** What the app answers about its health. `hang`: nothing. */
export type GrpcBehaviour = "SERVING" | "NOT_SERVING" | "hang";

/** A health check as the app saw it. */
export interface SeenCheck {
  readonly service: string;
  readonly authority: string;
  readonly metadata: Metadata;
}

export interface GrpcApp extends App {
  behaviour: GrpcBehaviour;
  /** Everything seen so far, oldest first. */
  readonly seen: readonly SeenCheck[];
}

interface CheckRequest {
  readonly service?: string;
}

const statuses = { SERVING: 1, NOT_SERVING: 2 } as const;

// grpc.health.v1, as far as a check needs it.
const requestType = new protobuf.Type("HealthCheckRequest").add(new protobuf.Field("service", 1, "string"));
const responseType = new protobuf.Type("HealthCheckResponse").add(new protobuf.Field("status", 1, "int32"));

export const healthService = {
  check: {
    path: "/grpc.health.v1.Health/Check",
    requestStream: false,
    responseStream: false,
    requestSerialize: (request: CheckRequest) => Buffer.from(requestType.encode(request).finish()),
    requestDeserialize: (bytes: Buffer) => requestType.toObject(requestType.decode(bytes)) as CheckRequest,
    responseSerialize: (response: { readonly status: number }) => Buffer.from(responseType.encode(response).finish()),
    responseDeserialize: (bytes: Buffer) => responseType.toObject(responseType.decode(bytes)) as { readonly status: number },
  },
} as const;

/** Starts an app that serves gRPC health checks, with TLS where it has a certificate; on a free port of 127.0.0.1 unless told otherwise. */
export async function startGrpcApp(name: string, tls?: Certificate, at: { readonly host?: string; readonly port?: number } = {}): Promise<GrpcApp> {
  const seen: SeenCheck[] = [];
  const app = { behaviour: "SERVING" as GrpcBehaviour };
  const check = (call: ServerUnaryCall<CheckRequest, { readonly status: number }>, reply: sendUnaryData<{ readonly status: number }>): void => {
    seen.push({ service: call.request.service ?? "", authority: call.getHost(), metadata: call.metadata });
    if (app.behaviour !== "hang") reply(null, { status: statuses[app.behaviour] });
  };
  const port = at.port ?? (await freePort());
  const address = `${at.host ?? "127.0.0.1"}:${String(port)}`;
  let server = await listen(address, check, tls);
  const closePort = (): Promise<void> => {
    server.forceShutdown();
    return Promise.resolve();
  };
  return Object.assign(app, {
    name, seen, port, closePort,
    openPort: async () => { server = await listen(address, check, tls); },
    close: closePort,
  });
}

type Check = (call: ServerUnaryCall<CheckRequest, { readonly status: number }>, reply: sendUnaryData<{ readonly status: number }>) => void;

function listen(address: string, check: Check, tls?: Certificate): Promise<Server> {
  const server = new Server();
  server.addService(healthService, { check });
  const credentials = tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }]);
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error) => {
      if (error === null) resolve(server);
      else reject(error);
    });
  });
}
