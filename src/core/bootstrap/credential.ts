import type { JsonObject } from "../base/json.ts";
import type { ControlPlaneAddress } from "./address.ts";

/** How Envoy gets the token that it sends to the control plane as metadata `authorization`. */
export type Credential =
  /** Written into the bootstrap. It stands in the admin interface's config dump and is replaced only by a restart. */
  | { readonly kind: "inline"; readonly token: string }
  /** Read by Envoy from a file, for each stream anew. Over Google's gRPC client, as in Kuma: Envoy's own cannot read a file. */
  | { readonly kind: "token-file"; readonly path: string }
  /** A file of Envoy's secret discovery that names the token's file (see `tokenSecret`); Envoy reads it anew when it is replaced. */
  | { readonly kind: "secret-file"; readonly path: string };

/** What a credential adds to the bootstrap: metadata of the streams, another gRPC client, or filters of the cluster. */
export interface CredentialParts {
  readonly metadata?: JsonObject;
  readonly service?: JsonObject;
  readonly filters?: JsonObject;
}

const type = "type.googleapis.com/";
const secretName = "dataplane_token";

export function credentialOf(credential: Credential | undefined, controlPlane: ControlPlaneAddress): CredentialParts {
  switch (credential?.kind) {
    case undefined:
      return {};
    case "inline":
      // The value is a format string to Envoy.
      return { metadata: { initial_metadata: [{ key: "authorization", value: credential.token.replaceAll("%", "%%") }] } };
    case "token-file":
      return { service: { google_grpc: googleGrpc(credential.path, controlPlane) } };
    case "secret-file":
      return { filters: { http_filters: [credentialInjector(credential.path), upstreamCodec] } };
  }
}

/** The file that a credential `secret-file` names: Envoy's DiscoveryResponse with one secret, the content of the token's file. */
export function tokenSecret(tokenFile: string): JsonObject {
  const secret = { generic_secret: { secret: { filename: tokenFile } } };
  return { resources: [{ "@type": `${type}envoy.extensions.transport_sockets.tls.v3.Secret`, name: secretName, ...secret }] };
}

/**
 * Google's gRPC client has connection checks of its own, set here as Envoy's are, and under Envoy's back-off (up to 30 s) one of its own for
 * connections: up to two minutes, unless it is told otherwise, for a control plane that may be back within seconds.
 */
function googleGrpc(path: string, { host, port, caPem }: ControlPlaneAddress): JsonObject {
  const plugin = "envoy.grpc_credentials.file_based_metadata";
  const config = { "@type": `${type}envoy.config.grpc_credential.v3.FileBasedMetadataConfig`, secret_data: { filename: path } };
  return {
    target_uri: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    stat_prefix: "ads",
    credentials_factory_name: plugin,
    ...(caPem === undefined ? {} : { channel_credentials: { ssl_credentials: { root_certs: { inline_string: caPem } } } }),
    call_credentials: [{ from_plugin: { name: plugin, typed_config: config } }],
    channel_args: { args: Object.fromEntries(Object.entries(channelArguments).map(([name, value]) => [name, { int_value: value }])) },
  };
}

const channelArguments = {
  "grpc.keepalive_time_ms": 15_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 5_000,
};

function credentialInjector(path: string): JsonObject {
  const folder = path.slice(0, Math.max(path.lastIndexOf("/"), 1));
  const source = { path_config_source: { path, watched_directory: { path: folder } }, resource_api_version: "V3" };
  const generic = {
    "@type": `${type}envoy.extensions.http.injected_credentials.generic.v3.Generic`,
    header: "authorization",
    credential: { name: secretName, sds_config: source },
  };
  return {
    name: "envoy.filters.http.credential_injector",
    typed_config: {
      "@type": `${type}envoy.extensions.filters.http.credential_injector.v3.CredentialInjector`,
      overwrite: true,
      credential: { name: "envoy.http.injected_credentials.generic", typed_config: generic },
    },
  };
}

const upstreamCodec: JsonObject = {
  name: "envoy.filters.http.upstream_codec",
  typed_config: { "@type": `${type}envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec` },
};
