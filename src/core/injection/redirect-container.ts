import type { ContainerSpec } from "../probe/pod-spec.ts";
import { redirectArguments } from "../redirect/redirect-arguments.ts";
import type { PodSettings } from "./pod-settings.ts";

/** User and group of the sidecar's processes. */
export interface ProxyOwner {
  readonly uid: number;
  readonly gid: number;
}

/** The init container that redirects the pod's connections. It needs root and two capabilities for that, and ends. */
export function redirectContainer(settings: PodSettings, { uid, gid }: ProxyOwner): ContainerSpec {
  const { initName: name, initImage, image, imagePullPolicy, initResources, redirect, statusPort } = settings;
  const flags = redirectArguments({ ...redirect, proxyUid: uid, proxyGid: gid, ...(statusPort === 0 ? {} : { statusPort }) });
  return {
    name,
    image: initImage ?? image,
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    args: ["redirect", ...flags],
    resources: initResources,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] },
      privileged: false,
      // iptables keeps a lock file.
      readOnlyRootFilesystem: false,
      runAsGroup: 0,
      runAsNonRoot: false,
      runAsUser: 0,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}
