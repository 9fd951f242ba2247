import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { HttpProtocolOptionsSchema } from "../proto/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts";
import { anyOf } from "./any.ts";

/** Makes a cluster speak HTTP/2 and nothing else. */
export const http2Options: Pick<ClusterJson, "typedExtensionProtocolOptions"> = {
  typedExtensionProtocolOptions: {
    [HttpProtocolOptionsSchema.typeName]: anyOf(HttpProtocolOptionsSchema, { explicitHttpConfig: { http2ProtocolOptions: {} } }),
  },
};
