import { readObject } from "../../core/kubernetes/read-object.ts";
import type { ParseResult } from "../../core/policy/parse-result.ts";
import type { Config } from "../../edge/config/config.ts";
import type { Cluster } from "./cluster.ts";

/** Reads objects of ours in one way for all who do: source, webhook and status. */
export function objectReader({ compatibility }: Config, { systemNamespaces }: Cluster): (object: unknown) => ParseResult {
  return (object) => readObject(object, { compatibility, systemNamespaces });
}
