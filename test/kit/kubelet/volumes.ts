import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ApiServer } from "../kube/api-server.ts";
import type { Container, PodObject, Volume } from "./pod-object.ts";

/** Makes a folder for each volume of a Pod, with what is to be in it; gives the folders by the volumes' names. */
export async function makeVolumes(api: ApiServer, pod: PodObject, folder: string): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  for (const volume of pod.spec.volumes ?? []) {
    const at = path.join(folder, "volumes", volume.name);
    await mkdir(at, { recursive: true });
    await fill(api, pod, volume, at);
    // Whoever the containers run as.
    if (volume.emptyDir !== undefined) await chmod(at, 0o777);
    made.set(volume.name, at);
  }
  return made;
}

async function fill(api: ApiServer, { metadata, spec }: PodObject, { name, emptyDir, configMap, projected }: Volume, at: string): Promise<void> {
  if (configMap !== undefined) {
    const { body } = await api.request("GET", `/api/v1/namespaces/${metadata.namespace}/configmaps/${configMap.name}`);
    for (const [file, text] of Object.entries((body as { readonly data?: Readonly<Record<string, string>> }).data ?? {})) await writeFile(path.join(at, file), text);
  } else if (projected !== undefined) {
    for (const { serviceAccountToken } of projected.sources) {
      if (serviceAccountToken === undefined) throw new Error(`volume ${name}: nobody here knows such a source`);
      const { audience, path: file } = serviceAccountToken;
      const token = await api.tokenFor({
        namespace: metadata.namespace, pod: metadata.name, serviceAccount: spec.serviceAccountName ?? "default", ...(audience === undefined ? {} : { audiences: [audience] }),
      });
      await writeFile(path.join(at, file), token);
    }
  } else if (emptyDir === undefined) {
    throw new Error(`volume ${name}: nobody here knows its kind`);
  }
}

/**
 * What stands for a container's own file system: paths of its volumes, and `/tmp`, in words of a command become those of folders of ours.
 * Everything else it finds where this machine has it.
 */
export function placing({ name, volumeMounts = [] }: Container, volumes: ReadonlyMap<string, string>, folder: string): (text: string) => string {
  const places = [...volumeMounts.map((mount) => [mount.mountPath, volumes.get(mount.name) ?? ""] as const), ["/tmp", path.join(folder, "tmp", name)] as const];
  const longestFirst = places.toSorted(([one], [other]) => other.length - one.length);
  const pattern = new RegExp(`(?<![\\w./-])(${longestFirst.map(([at]) => at.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})(?![\\w.-])`, "g");
  const to = new Map(places);
  return (text) => text.replace(pattern, (at) => to.get(at) ?? at);
}
