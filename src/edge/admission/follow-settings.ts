import { readInjectionSettings, type InjectionSettingsResult } from "../../core/injection/read-settings.ts";
import type { InjectionSettings } from "../../core/injection/settings.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import type { FollowObjects, FollowStatus } from "../kube-client/follow.ts";
import { kubeKinds } from "../kube-client/kinds.ts";
import { CannotAnswer } from "./cannot-answer.ts";

export interface SettingsOptions {
  readonly follow: FollowObjects;
  readonly namespace: string;
  /** The ConfigMap; its settings stand under `values`, as Istio's do. */
  readonly configMap: string;
  /** What holds where the ConfigMap says nothing; asked each time, as a certificate authority may come to be another. */
  readonly base: () => InjectionSettings;
  readonly logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Told what is wrong, in one sentence, and when nothing is any more: each time it changes. */
  readonly onProblem?: (problem: string | undefined) => void;
  /** How long `current` waits for the ConfigMap to be read, in milliseconds; default 5,000. */
  readonly patienceMs?: number;
}

/** The settings of the injector as they are at present. */
export interface FollowedSettings {
  /** @throws CannotAnswer when there are none: not read yet, or never good. */
  current(): Promise<InjectionSettings>;
  close(): Promise<void>;
}

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const key = "values";

/**
 * Follows the ConfigMap with the settings of the injector. A text that is not good leaves the last good one in force, and is told of; so
 * is a ConfigMap that is removed. Without one from the start, `base` alone holds.
 */
export function followSettings(options: SettingsOptions): FollowedSettings {
  return new SettingsFollower(options);
}

class SettingsFollower implements FollowedSettings {
  readonly #options: SettingsOptions;
  readonly #following: { close(): Promise<void> };
  readonly #waiting = new Set<() => void>();
  /** The last good text; undefined: there never was one. */
  #text: string | undefined;
  #read: { readonly text: string; readonly base: InjectionSettings; readonly result: InjectionSettingsResult } | undefined;
  #problem: string | undefined;
  #isKnown = false;

  constructor(options: SettingsOptions) {
    this.#options = options;
    const { follow, namespace, configMap } = options;
    this.#following = follow<ConfigMap>(kubeKinds.configMap, {
      namespace,
      fieldSelector: `metadata.name=${configMap}`,
      onState: ([object]) => this.#take(object),
      onChange: (changed) => this.#take(changed.at(-1)),
      onStatus: (status) => this.#note(status),
    });
  }

  async current(): Promise<InjectionSettings> {
    if (!this.#isKnown) await this.#untilKnown();
    if (!this.#isKnown) throw new CannotAnswer(this.#problem ?? `${this.#name} is not read yet`);
    const base = this.#options.base();
    if (this.#text !== undefined) {
      const result = this.#parse(this.#text, base);
      if (result.ok) return result.settings;
    } else if (this.#problem === undefined) return base;
    throw new CannotAnswer(this.#problem ?? `${this.#name} is not good`);
  }

  async close(): Promise<void> {
    this.#endWaiting();
    await this.#following.close();
  }

  get #name(): string {
    return `ConfigMap ${this.#options.namespace}/${this.#options.configMap}`;
  }

  #take(object: ConfigMap | undefined): void {
    const text = object?.data?.[key];
    if (object === undefined) this.#tell(this.#text === undefined ? undefined : `${this.#name} is gone; its last settings stay in force`);
    else if (text === undefined) this.#tell(this.#refusal(`has nothing under ${JSON.stringify(key)}`));
    else this.#takeText(text);
    this.#isKnown = true;
    this.#endWaiting();
  }

  #takeText(text: string): void {
    const result = this.#parse(text, this.#options.base());
    if (!result.ok) {
      this.#tell(this.#refusal(`${key}: ${result.violations.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ")}`));
      return;
    }
    if (text !== this.#text) {
      const { namespace, configMap, logger } = this.#options;
      const { rewriteAppHTTPProbe, image } = result.settings;
      logger.info({ namespace, configMap, rewriteAppHTTPProbe, image }, "settings of the injector read");
      for (const warning of result.warnings) logger.warn({ namespace, configMap, warning }, "a setting of the injector may not do what it says");
    }
    this.#text = text;
    this.#tell(undefined);
  }

  #refusal(what: string): string {
    return `${this.#name} ${what}; ${this.#text === undefined ? "pods cannot be looked at" : "the last good settings stay in force"}`;
  }

  /** What cannot be read is not waited for; the defaults might be the opposite of what it says. */
  #note(status: FollowStatus): void {
    if (this.#isKnown || (status.state !== "denied" && status.state !== "missing")) return;
    this.#tell(`${this.#name}: ${status.message}; pods cannot be looked at`);
  }

  #tell(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const { namespace, configMap, logger, onProblem } = this.#options;
    if (problem === undefined) logger.info({ namespace, configMap }, "the settings of the injector are good again");
    else logger.warn({ problem }, "the settings of the injector are not good");
    onProblem?.(problem);
  }

  #parse(text: string, base: InjectionSettings): InjectionSettingsResult {
    if (this.#read?.text !== text || this.#read.base !== base) this.#read = { text, base, result: readInjectionSettings(text, base) };
    return this.#read.result;
  }

  async #untilKnown(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, this.#options.patienceMs ?? 5_000);
      const waiting = this.#waiting;
      waiting.add(done);
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
    });
  }

  #endWaiting(): void {
    for (const done of [...this.#waiting]) done();
  }
}
