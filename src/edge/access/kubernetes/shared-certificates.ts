import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeClient } from "../../kube-client/port.ts";
import type { FollowedCertificate, ServerCertificate } from "../certificate-files.ts";
import { namesOf } from "../certificate-names.ts";
import { keepInSecret } from "./certificate-secret.ts";
import { bundleOf, type KeptCertificates } from "./kept-certificates.ts";
import { publishInConfigMap, publishInWebhooks, type WebhookName } from "./publish-authority.ts";

export interface SharedCertificatesOptions {
  readonly client: Pick<KubeClient, "get" | "create" | "replace" | "patch">;
  /** Of the Secret and the ConfigMap. */
  readonly namespace: string;
  /** Secret that replicas share: authorities, their keys, the server's certificate and its key. */
  readonly secret: string;
  /** ConfigMap in which the authority is published, under `ca.crt`. */
  readonly configMap: string;
  /** Configurations in which the API server is told the authority. One that is not there is let be. */
  readonly webhooks: readonly WebhookName[];
  /** What the server's certificate is for; see `serviceNames`. */
  readonly names: readonly string[];
  /** How often everything is looked at, in milliseconds; default 15,000. */
  readonly everyMs?: number;
  readonly now?: () => Date;
  readonly logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Told what hinders, in one sentence, and when nothing does any more: each time it changes. */
  readonly onProblem?: (problem: string | undefined) => void;
  /** Ends the waiting for a first certificate. */
  readonly signal?: AbortSignal;
}

/** A certificate that replicas share, and keep in the cluster that they run in. */
export interface SharedCertificates extends FollowedCertificate {
  /** Looks at everything now. Never rejects: what goes wrong is told as a problem. */
  check(): Promise<void>;
}

const longestPauseMs = 5_000;

/**
 * Makes or takes the certificate, has it trusted (ConfigMap, webhooks), and keeps it so: looked at from time to time, renewed before
 * it ends, put back when somebody removed it. Resolves with the first one, however long the API server takes.
 */
export async function openSharedCertificates(options: SharedCertificatesOptions): Promise<SharedCertificates> {
  const { everyMs = 15_000, signal } = options;
  const keeper = new CertificateKeeper(options);
  for (let pauseMs = 250; !(await keeper.check()); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    await sleep(pauseMs, undefined, { ...(signal === undefined ? {} : { signal }) });
  }
  const timer = setInterval(() => void keeper.check(), everyMs);
  timer.unref();
  return {
    get current() {
      return keeper.current();
    },
    onChange: (listener) => keeper.onChange(listener),
    check: async () => {
      await keeper.check();
    },
    close: () => clearInterval(timer),
  };
}

class CertificateKeeper {
  readonly #options: SharedCertificatesOptions;
  readonly #listeners = new Set<(certificate: ServerCertificate) => void>();
  #kept: KeptCertificates | undefined;
  #current: ServerCertificate | undefined;
  #problem: string | undefined;
  #checking: Promise<boolean> | undefined;

  constructor(options: SharedCertificatesOptions) {
    this.#options = options;
  }

  current(): ServerCertificate {
    if (this.#current === undefined) throw new Error("there is no certificate yet");
    return this.#current;
  }

  onChange(listener: (certificate: ServerCertificate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One at a time. True once there is a certificate. */
  async check(): Promise<boolean> {
    this.#checking ??= this.#look().finally(() => (this.#checking = undefined));
    return await this.#checking;
  }

  async #look(): Promise<boolean> {
    const { client, namespace, secret, names, configMap, webhooks, now = () => new Date() } = this.#options;
    const kept = await this.#attempt(`Secret ${namespace}/${secret}`, () => keepInSecret({ client, namespace, secret, names, now }, this.#kept));
    if (kept.problem !== undefined) return this.#tell([kept.problem]);
    this.#kept = kept.value.kept;
    const caPem = bundleOf(this.#kept.authorities);
    // Who is to trust it is told first: what is shown then is known.
    const published = [
      await this.#attempt(`ConfigMap ${namespace}/${configMap}`, () => publishInConfigMap(client, { namespace, name: configMap }, caPem)),
      ...(await Promise.all(webhooks.map((webhook) => this.#publish(webhook, caPem)))),
    ];
    this.#show(this.#kept, caPem);
    return this.#tell(published.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  }

  async #publish(webhook: WebhookName, caPem: string): Promise<{ readonly problem: string | undefined }> {
    const { client, logger } = this.#options;
    const title = webhook.kind === "validatingWebhookConfiguration" ? "ValidatingWebhookConfiguration" : "MutatingWebhookConfiguration";
    const done = await this.#attempt(`${title} ${webhook.name}`, () => publishInWebhooks(client, webhook, caPem));
    if (done.problem === undefined && done.value === true) logger.info({ configuration: webhook.name }, "told the API server which authority the webhook's certificate is of");
    return done;
  }

  /** Takes what is kept into use, where that is something else. */
  #show({ server }: KeptCertificates, caPem: string): void {
    if (server === undefined || (this.#current?.cert === server.cert && this.#current.caPem === caPem)) return;
    const certificate = new X509Certificate(server.cert);
    this.#current = { ...server, caPem, names: namesOf(certificate) };
    this.#options.logger.info({ names: this.#current.names, until: new Date(certificate.validTo).toISOString() }, "certificate in use");
    for (const listener of this.#listeners) listener(this.#current);
  }

  async #attempt<T>(what: string, act: () => Promise<T>): Promise<{ readonly problem: string } | { readonly problem: undefined; readonly value: T }> {
    try {
      return { problem: undefined, value: await act() };
    } catch (error) {
      return { problem: `${what}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #tell(problems: readonly string[]): boolean {
    const problem = problems.length === 0 ? undefined : problems.join("; ");
    if (problem !== this.#problem) {
      if (problem !== undefined) this.#options.logger.warn({ problem }, "cannot keep the certificates of this control plane");
      else this.#options.logger.info({}, "certificates are kept again");
      this.#problem = problem;
      this.#options.onProblem?.(problem);
    }
    return this.#current !== undefined;
  }
}
