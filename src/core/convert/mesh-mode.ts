import type { JsonObject } from "../base/json.ts";
import type { ConvertSettings } from "./settings.ts";

/** Mutual TLS of the whole mesh, as it comes out of all sources together. */
export interface MeshMode {
  /** A source needs mutual TLS to be on; without more, as Istio has it: plain text is taken as well. */
  want(source: string): void;
  /** A source says it for the whole mesh. False: another one has said it before. */
  set(mode: StatedMode, source: string): boolean;
  /** The sources that it comes from. */
  readonly sources: readonly string[];
  /** The Mesh that says it; undefined when nobody asks for one. */
  document(settings: ConvertSettings): JsonObject | undefined;
}

type StatedMode = "STRICT" | "PERMISSIVE" | "DISABLE";

const backend = "ca-1";

export function createMeshMode(): MeshMode {
  const sources: string[] = [];
  let said: StatedMode | undefined;
  const remember = (source: string): void => {
    if (!sources.includes(source)) sources.push(source);
  };
  return {
    sources,
    want: remember,
    set: (mode, source) => {
      if (said !== undefined) return false;
      said = mode;
      remember(source);
      return true;
    },
    document: ({ mesh }) => {
      if (sources.length === 0) return undefined;
      const mode = said ?? "PERMISSIVE";
      const mtls: JsonObject = mode === "DISABLE" ? {} : { enabledBackend: backend, backends: [{ name: backend, type: "builtin", mode }] };
      return { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: mesh }, spec: { mtls } };
    },
  };
}
