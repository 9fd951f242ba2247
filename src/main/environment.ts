import type { AuthenticateProxy } from "../edge/access/authenticate-proxy.ts";
import type { Config } from "../edge/config/config.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import { openCertificates, type Certificates } from "./certificates.ts";
import type { Closers } from "./closers.ts";
import { ensureDefaultMesh, openSource, type OpenedSource } from "./open-source.ts";
import type { Parts } from "./parts.ts";

/** What a control plane lives in: a store of its own and files, or a Kubernetes cluster. */
export interface Environment {
  readonly opened: OpenedSource;
  /** Why resources cannot be written through the API here, as a sentence. Absent: they can, or come from files. */
  readonly readOnlyBecause?: string;
  /** Another way for proxies to prove which they are, before the one by data plane tokens. */
  readonly authenticateProxy?: (byToken: AuthenticateProxy) => AuthenticateProxy;
  /** The certificates of the servers. `onWaiting` is told what it waits for. */
  certificates(closers: Closers, onWaiting: (reason: string) => void): Promise<Certificates>;
  /** Makes what has to be there before anything can be served. */
  prepare(): Promise<void>;
  /** Servers that only this environment has, listening; with a line for each. */
  serve?(parts: Parts): Promise<readonly string[]>;
  /** Once resources are loaded. */
  start?(parts: Parts): void;
  /** What is amiss though there is something to serve. Told with `/ready`. */
  readonly warnings?: () => readonly string[];
  /** After everything that uses it. */
  close?(): Promise<void>;
}

/** A store of its own, or files, as the configuration names them. */
export function universalEnvironment(config: Config, loggers: ComponentLoggers): Environment {
  const opened = openSource(config);
  return {
    opened,
    certificates: (closers) => openCertificates(config, loggers("run"), closers),
    prepare: async () => {
      if (opened.store !== undefined) await ensureDefaultMesh(opened.store);
    },
  };
}
