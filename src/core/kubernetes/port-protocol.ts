import { labelOf } from "../base/labels.ts";
import { protocolAnnotation } from "./annotation-names.ts";
import type { Service, ServicePort } from "./service.ts";

const known: ReadonlySet<string> = new Set(["http", "http2", "grpc", "tcp", "tls", "kafka", "mysql"]);

/** What Kubernetes, the Gateway API and others call protocols that have a name here. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["kubernetes.io/h2c", "http2"],
  ["h2c", "http2"],
  ["kubernetes.io/ws", "http"],
  ["ws", "http"],
  ["grpc-web", "http"],
  ["http1", "http"],
  ["http/1.1", "http"],
  ["https", "tls"],
  ["kubernetes.io/wss", "tls"],
  ["wss", "tls"],
]);

/**
 * What is spoken on a port of a Service: its annotation `<port>.service.kuma.io/protocol` says it, else `appProtocol`, else it is
 * TCP, and so is what has no meaning here (`redis`): bytes over a connection.
 */
export function portProtocol(service: Service, port: ServicePort): string {
  const text = (annotatedProtocol(service, port) ?? port.appProtocol ?? "").trim().toLowerCase();
  return known.has(text) ? text : (otherNames.get(text) ?? "tcp");
}

/** The annotation's text where it names no protocol that there is. */
export function unknownAnnotation(service: Service, port: ServicePort): string | undefined {
  const text = annotatedProtocol(service, port);
  const name = text?.trim().toLowerCase() ?? "";
  return text === undefined || known.has(name) || otherNames.has(name) ? undefined : text;
}

function annotatedProtocol({ metadata }: Service, { port }: ServicePort): string | undefined {
  return labelOf(metadata.annotations, protocolAnnotation(port));
}
