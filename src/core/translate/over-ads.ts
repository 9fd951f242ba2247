import type { ConfigSourceJson } from "../proto/envoy/config/core/v3/config_source_pb.ts";

/** "From the stream on which you got this." */
export const overAds: ConfigSourceJson = { ads: {}, resourceApiVersion: "V3" };
