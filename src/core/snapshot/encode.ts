import { createRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import type { DescMessage, JsonValue as MessageJson } from "@bufbuild/protobuf";
import type { JsonObject } from "../base/json.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { TypedExtensionConfigSchema } from "../proto/envoy/config/core/v3/extension_pb.ts";
import { ClusterLoadAssignmentSchema } from "../proto/envoy/config/endpoint/v3/endpoint_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { RouteConfigurationSchema } from "../proto/envoy/config/route/v3/route_pb.ts";
import { ExpressionFilterSchema } from "../proto/envoy/extensions/access_loggers/filters/cel/v3/cel_pb.ts";
import { StdoutAccessLogSchema } from "../proto/envoy/extensions/access_loggers/stream/v3/stream_pb.ts";
import { RBACSchema as HttpRbacSchema } from "../proto/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts";
import { RouterSchema } from "../proto/envoy/extensions/filters/http/router/v3/router_pb.ts";
import { TlsInspectorSchema } from "../proto/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.ts";
import { HttpConnectionManagerSchema } from "../proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { RBACSchema as NetworkRbacSchema } from "../proto/envoy/extensions/filters/network/rbac/v3/rbac_pb.ts";
import { TcpProxySchema } from "../proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { HealthCheckEventFileSinkSchema } from "../proto/envoy/extensions/health_check/event_sinks/file/v3/file_pb.ts";
import { OmitHostMetadataConfigSchema } from "../proto/envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config_pb.ts";
import { PreviousHostsPredicateSchema } from "../proto/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.ts";
import { PreviousPrioritiesConfigSchema } from "../proto/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.ts";
import { SecretSchema } from "../proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { DownstreamTlsContextSchema, UpstreamTlsContextSchema } from "../proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { HttpProtocolOptionsSchema } from "../proto/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";

const resourceSchemas: readonly DescMessage[] = [
  ClusterSchema, ClusterLoadAssignmentSchema, ListenerSchema, RouteConfigurationSchema, TypedExtensionConfigSchema, SecretSchema,
];

/** What may stand in an `Any`: every extension that translation uses. One that is missing here cannot be encoded. */
const registry = createRegistry(
  ...resourceSchemas,
  HttpConnectionManagerSchema,
  TcpProxySchema,
  RouterSchema,
  StdoutAccessLogSchema,
  ExpressionFilterSchema,
  HttpProtocolOptionsSchema,
  HealthCheckEventFileSinkSchema,
  UpstreamTlsContextSchema,
  DownstreamTlsContextSchema,
  TlsInspectorSchema,
  HttpRbacSchema,
  NetworkRbacSchema,
  PreviousHostsPredicateSchema,
  OmitHostMetadataConfigSchema,
  PreviousPrioritiesConfigSchema,
);

/**
 * Encodes canonical JSON of one message. Strict: an unknown field, a wrong type or an unknown `@type` throws, so a mistake in
 * translation is an error here and never a field that is silently not sent.
 */
export function encode(schema: DescMessage, json: JsonObject): Uint8Array {
  return toBinary(schema, fromJson(schema, json as MessageJson, { registry }));
}

/** Decodes one discovery resource to canonical JSON. Throws for bytes that are none and for a type that we do not serve. */
export function decodeResource(typeUrl: string, bytes: Uint8Array): JsonObject {
  const schema = resourceSchemas.find(({ typeName }) => typeUrl === `type.googleapis.com/${typeName}`);
  if (schema === undefined) throw new Error(`no such resource type: ${typeUrl}`);
  return toJson(schema, fromBinary(schema, bytes), { registry }) as JsonObject;
}
