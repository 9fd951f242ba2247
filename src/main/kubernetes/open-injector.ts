import type { InjectionNamespace } from "../../core/injection/inject-pod.ts";
import { defaultInjectionSettings, type InjectionSettings } from "../../core/injection/settings.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { CannotAnswer } from "../../edge/admission/cannot-answer.ts";
import { followSettings } from "../../edge/admission/follow-settings.ts";
import type { InjectorOptions } from "../../edge/admission/inject-asked.ts";
import { serviceNames } from "../../edge/access/kubernetes/service-names.ts";
import type { Config } from "../../edge/config/config.ts";
import { followWith } from "../../edge/kube-client/follow-objects.ts";
import { kubeKinds } from "../../edge/kube-client/kinds.ts";
import type { KubernetesSource } from "../../edge/source/kubernetes/kubernetes-source.ts";
import { messageOf } from "../exit-status.ts";
import type { Parts } from "../parts.ts";
import { version } from "../version.ts";
import type { Cluster } from "./cluster.ts";

export interface InjectorParts {
  readonly cluster: Cluster;
  readonly source: Pick<KubernetesSource, "namespace">;
  /** The authority, as PEM, that signed what is shown to proxies. */
  readonly authority: () => string;
  /** Told what is wrong with the settings, and when nothing is any more. */
  readonly onProblem: (problem: string | undefined) => void;
}

/** What the injector knows: settings that are followed, and what namespaces say. */
export function openInjector({ config, loggers, closers }: Parts, { cluster, source, authority, onProblem }: InjectorParts): InjectorOptions {
  const { client, namespace } = cluster;
  const base = settingsOf(config, namespace, authority);
  const settings = followSettings({ follow: followWith(client), namespace, configMap: config.injector.configMap, base, logger: loggers("webhook"), onProblem });
  closers.add(() => settings.close());
  return {
    settings: () => settings.current(),
    namespace: async (name, { fresh }) => {
      const known = fresh ? undefined : source.namespace(name);
      return saying(name, known ?? (await readNamespace(cluster, name)));
    },
  };
}

/** What the control plane knows by itself; the same object for as long as it is the same. */
function settingsOf(config: Config, namespace: string, authority: () => string): () => InjectionSettings {
  const { kubernetes, insecure, xdsListen } = config;
  const [host = ""] = serviceNames(kubernetes.serviceName, namespace);
  const controlPlaneUrl = `${insecure.xdsPlaintext ? "http" : "https"}://${host}:${xdsListen.port}`;
  const known = { ...defaultInjectionSettings, image: `${defaultInjectionSettings.image}:${version}`, controlPlaneUrl, tokenAudience: kubernetes.tokenAudience };
  let settings: InjectionSettings | undefined;
  return () => {
    const caCertPem = insecure.xdsPlaintext ? "" : authority();
    if (settings?.caCertPem !== caCertPem) settings = { ...known, caCertPem };
    return settings;
  };
}

/** Undefined when there is none. */
async function readNamespace({ client }: Cluster, name: string): Promise<KubeObject | undefined> {
  try {
    const { items } = await client.list(kubeKinds.namespace, { fieldSelector: `metadata.name=${name}`, limit: 1 });
    return items[0];
  } catch (error) {
    throw new CannotAnswer(`what Namespace ${name} says cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function saying(name: string, namespace: KubeObject | undefined): InjectionNamespace {
  const { labels, annotations } = namespace?.metadata ?? {};
  return { name, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
}
