import { followCertificate, type CertificateFiles, type FollowedCertificate } from "../edge/access/certificate-files.ts";
import { ownNames } from "../edge/access/certificate-names.ts";
import { ensureOwnCertificates } from "../edge/access/own-certificates.ts";
import type { Config } from "../edge/config/config.ts";
import type { Logger } from "../edge/telemetry/logger.ts";
import type { Closers } from "./closers.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";

/** The certificates that the servers show. */
export interface Certificates {
  readonly xds: FollowedCertificate;
  readonly api: FollowedCertificate;
}

/** How often it is looked whether the control plane's own certificate is about to expire. */
const renewalMs = 6 * 60 * 60 * 1000;

/** Reads the certificates that are given, and makes those that are not. What is wrong with them ends the command with one sentence. */
export async function openCertificates(config: Config, logger: Logger, closers: Closers): Promise<Certificates> {
  const given = followGiven("--xds-tls-cert", config.xds, logger, closers);
  const xds = given ?? follow("--data-dir", await ownFiles(config, logger, closers), logger, closers);
  return { xds, api: followGiven("--api-tls-cert", config.api, logger, closers) ?? xds };
}

/** A certificate that the configuration names; undefined where it names none. */
export function followGiven(option: string, { tlsCert: cert, tlsKey: key, tlsCa: ca }: GivenFiles, logger: Logger, closers: Closers): FollowedCertificate | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return follow(option, { cert, key, ...(ca === undefined ? {} : { ca }) }, logger, closers);
}

interface GivenFiles {
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly tlsCa?: string | undefined;
}

function follow(option: string, files: CertificateFiles, logger: Logger, closers: Closers): FollowedCertificate {
  try {
    const followed = followCertificate(files, { logger });
    closers.add(() => followed.close());
    return followed;
  } catch (error) {
    throw new CommandFailure(exitStatus.unavailable, `${option}: ${messageOf(error)}`);
  }
}

async function ownFiles(config: Config, logger: Logger, closers: Closers): Promise<CertificateFiles> {
  const names = ownNames([...config.tls.names, ...listenedNames(config)]);
  const ensure = async (): Promise<CertificateFiles> => await ensureOwnCertificates(config.dataDir, names, new Date());
  const renewal = setInterval(() => {
    ensure().catch((error: unknown) => logger.error({ err: error }, "cannot renew the control plane's own certificate"));
  }, renewalMs);
  renewal.unref();
  closers.add(() => clearInterval(renewal));
  return await ensure().catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `--data-dir: cannot keep certificates in ${config.dataDir}: ${messageOf(error)}`);
  });
}

/** Addresses to listen on, where they are of one interface. */
function listenedNames({ api, xdsListen }: Config): readonly string[] {
  return [api.tlsListen.host, xdsListen.host].filter((host) => !["0.0.0.0", "::", ""].includes(host));
}
