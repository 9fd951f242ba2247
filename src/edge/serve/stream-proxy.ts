import { status } from "@grpc/grpc-js";
import type { ProxyKey } from "../pipeline/port.ts";
import { parseNodeId } from "./node-id.ts";

/** Why a stream has to end, in gRPC's terms. */
export interface EndReason {
  readonly code: status;
  readonly details: string;
}

/** Who speaks on a stream: said with the first request, remembered, and not to be changed. */
export interface StreamProxy {
  readonly key: ProxyKey | undefined;
  /** Looks at a request's node id (empty: not said again). Gives the reason to end the stream when it is not acceptable. */
  check(nodeId: string): EndReason | undefined;
}

export function createStreamProxy(): StreamProxy {
  let known = "";
  let key: ProxyKey | undefined;
  return {
    get key() {
      return key;
    },
    check(nodeId) {
      if (key !== undefined) {
        const same = nodeId === "" || nodeId === known;
        return same ? undefined : refuse(`node.id changed from ${JSON.stringify(known)} to ${JSON.stringify(nodeId)} in one stream`);
      }
      key = parseNodeId(nodeId);
      known = nodeId;
      return key === undefined ? refuse(`node.id ${JSON.stringify(nodeId)} is not of the form <mesh>.<name>`) : undefined;
    },
  };
}

function refuse(details: string): EndReason {
  return { code: status.INVALID_ARGUMENT, details };
}

/** The reason for a proxy that no Dataplane stands for. Envoy logs the text and tries again later. */
export function unknownProxy(key: ProxyKey): EndReason {
  return { code: status.NOT_FOUND, details: `no Dataplane ${JSON.stringify(key.name)} in mesh ${JSON.stringify(key.mesh)}` };
}
