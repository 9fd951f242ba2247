import { gunzipSync, gzipSync } from "node:zlib";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { decodeReport } from "../../core/status/replica-report.ts";
import type { ReplicaReport } from "../../core/status/replica-report.ts";
import { ownedMeta } from "./owned-objects.ts";
import type { Replica } from "./port.ts";

/** A ConfigMap, the fields that are used here. */
export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

const plainKey = "report.json";
const packedKey = "report.json.gz";

/** Longer reports are packed: the API server takes a MiB, and every change of one goes over the network and to disk. */
const maxPlainBytes = 64 * 1024;
/** What a packed report may unfold to; a ConfigMap holds less than a MiB, and ours are not that dense. */
const maxUnpackedBytes = 64 * 1024 * 1024;

/** The object in which a replica tells its report (`encodeReport`); readable by people as long as it is short. */
export function reportObject(namespace: string, replica: Replica, text: string): ConfigMap {
  const metadata = ownedMeta(namespace, "report", replica);
  const isShort = Buffer.byteLength(text) <= maxPlainBytes;
  const content = isShort ? { data: { [plainKey]: text } } : { binaryData: { [packedKey]: gzipSync(text).toString("base64") } };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, ...content };
}

/** Undefined for what is no report. */
export function readReport({ data, binaryData }: ConfigMap): ReplicaReport | undefined {
  const packed = binaryData?.[packedKey];
  const text = packed === undefined ? data?.[plainKey] : unpacked(packed);
  return text === undefined ? undefined : decodeReport(text);
}

function unpacked(base64: string): string | undefined {
  try {
    return gunzipSync(Buffer.from(base64, "base64"), { maxOutputLength: maxUnpackedBytes }).toString("utf8");
  } catch {
    return undefined;
  }
}
