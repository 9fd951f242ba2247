/** What holds for all that is converted. */
export interface ConvertSettings {
  /** The mesh that policies are written for. */
  readonly mesh: string;
  /** Namespace of objects that name none. */
  readonly namespace: string;
  /** Istio's root namespace: what is there holds for the whole mesh. */
  readonly rootNamespace: string;
  /** Where policies go that hold for the whole mesh. */
  readonly systemNamespace: string;
}

export const defaultConvertSettings: ConvertSettings = Object.freeze({
  mesh: "default",
  namespace: "default",
  rootNamespace: "istio-system",
  systemNamespace: "probeplane-system",
});
