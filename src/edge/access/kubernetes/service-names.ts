/** The names by which a Service is reached within its cluster, the fewest dots last. `clusterDomain`: default `cluster.local`. */
export function serviceNames(service: string, namespace: string, clusterDomain = "cluster.local"): readonly string[] {
  return [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.${clusterDomain}`, `${service}.${namespace}`, service];
}
