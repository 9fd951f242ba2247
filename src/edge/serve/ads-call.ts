import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { ResponseBytes } from "./response-bytes.ts";

/** A call of either method: bytes both ways, ours written when the transport takes them. */
export type AdsCall = ServerDuplexStream<Buffer, ResponseBytes>;
