import type { KubeObject } from "../../core/kubernetes/kube-object.ts";

/** `coordination.k8s.io/v1`, the fields that are used here. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  /** Empty: nobody has it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** Six digits after the point: the API server takes no other number of them. */
export function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}

/** Whole seconds, one at least: a Lease knows no others. */
export function leaseSeconds(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / 1000));
}

export function holderOf(lease: Lease | undefined): string {
  return lease?.spec?.holderIdentity ?? "";
}

/**
 * Whether leases have run out. Their times are those of other machines, so that only the time that passed here since a lease was last
 * seen to change counts.
 */
export interface ExpiryWatch {
  /** True when the lease has not changed for as long as it lasts. */
  isExpired(lease: Lease): boolean;
  /** Milliseconds since it was last seen to change. */
  ageMs(lease: Lease): number;
  forget(name: string): void;
}

/** `now`: milliseconds of a clock that never jumps. */
export function createExpiryWatch(now: () => number = () => performance.now()): ExpiryWatch {
  const seen = new Map<string, { readonly version: string; readonly atMs: number }>();
  function ageMs({ metadata, spec }: Lease): number {
    const version = `${metadata.uid ?? ""} ${spec?.holderIdentity ?? ""} ${spec?.renewTime ?? ""}`;
    const known = seen.get(metadata.name);
    if (known?.version === version) return now() - known.atMs;
    seen.set(metadata.name, { version, atMs: now() });
    return 0;
  }
  return {
    ageMs,
    isExpired: (lease) => ageMs(lease) > (lease.spec?.leaseDurationSeconds ?? 0) * 1000,
    forget: (name) => void seen.delete(name),
  };
}
