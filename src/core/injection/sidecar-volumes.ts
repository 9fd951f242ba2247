import type { VolumeMountSpec, VolumeSpec } from "../probe/pod-spec.ts";

const tokenFolder = "/var/run/secrets/probeplane";

/** The pod's token, renewed by the kubelet. */
export const tokenFile = `${tokenFolder}/token`;

/** The agent's private folder: bootstrap, sockets. */
export const workDir = "/var/run/probeplane";

const names = { token: "probeplane-token", work: "probeplane-run", temporary: "probeplane-tmp" } as const;

/** Names of the volumes that a sidecar brings along. */
export const volumeNames: readonly string[] = Object.values(names);

/** Its root cannot be written: besides these there is nothing. Event logs of health checks go to `/tmp`. */
export const volumeMounts: readonly VolumeMountSpec[] = [
  { name: names.token, mountPath: tokenFolder, readOnly: true },
  { name: names.work, mountPath: workDir },
  { name: names.temporary, mountPath: "/tmp" },
];

export function sidecarVolumes(audience: string): readonly VolumeSpec[] {
  return [
    { name: names.token, projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds: 3600, path: "token" } }] } },
    { name: names.work, emptyDir: { medium: "Memory" } },
    { name: names.temporary, emptyDir: {} },
  ];
}
