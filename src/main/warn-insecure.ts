import type { Config } from "../edge/config/config.ts";
import { isLoopback } from "../edge/config/listen-address.ts";
import { flagOf } from "../edge/config/option.ts";
import type { Logger } from "../edge/telemetry/logger.ts";

/** Says at the start what somebody has switched off, so that it is in the log of everybody who wonders. */
export function warnInsecure(config: Config, logger: Pick<Logger, "warn">): void {
  const { insecure } = config;
  const warnings = [
    insecure.xdsPlaintext ? [flagOf("insecure.xdsPlaintext"), "proxies are served without TLS: tokens and configurations can be overheard and changed on the way"] : [],
    insecure.noDataplaneTokens ? [flagOf("insecure.noDataplaneTokens"), "proxies need no token: whoever reaches the xDS port may read every proxy's configuration"] : [],
    insecure.apiPlaintext && !isLoopback(config.apiListen) ? [flagOf("insecure.apiPlaintext"), "the HTTP API is served to other machines without TLS: tokens can be overheard and used by others"] : [],
  ];
  for (const [option, message] of warnings) if (message !== undefined) logger.warn({ option }, `insecure: ${message}`);
}
