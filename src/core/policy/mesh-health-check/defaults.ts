/**
 * What holds where no policy says otherwise, as MeshHealthCheck documents it. Filled in once, in the plan; never written into a
 * stored policy, so that a more specific policy that leaves a field out does not reset it.
 */
export const meshHealthCheckDefaults = {
  intervalMs: 60_000,
  timeoutMs: 15_000,
  unhealthyThreshold: 5,
  healthyThreshold: 1,
  noTrafficIntervalMs: 60_000,
  alwaysLogHealthCheckFailures: false,
  reuseConnection: true,
  path: "/",
  expectedStatuses: [200],
} as const;
