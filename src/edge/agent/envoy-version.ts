import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface EnvoyVersion {
  /** `1.40.0` */
  readonly version: string;
  /** All that Envoy says of itself: commit, version, state of its sources, kind of build, TLS library. */
  readonly build: string;
}

/** Asks an Envoy binary for its version. @throws when it cannot be run, or is no Envoy. */
export async function readEnvoyVersion(envoyPath: string): Promise<EnvoyVersion> {
  const { stdout } = await promisify(execFile)(envoyPath, ["--version"], { timeout: 60_000 });
  const build = /version: (\S+)/.exec(stdout)?.[1];
  const version = build?.split("/")[1];
  if (build === undefined || version === undefined) throw new Error("it is no Envoy: it does not say its version");
  return { version, build };
}
