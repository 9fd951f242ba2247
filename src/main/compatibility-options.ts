import { Option } from "commander";
import { defaultCompatibility, type Compatibility } from "../core/policy/compatibility.ts";
import { flagOf } from "../edge/config/option.ts";
import { options } from "../edge/config/options.ts";

/** The same flags as those of `run`, for the commands that work without a server. */
export interface CompatibilityOptions {
  readonly compatibilityTcpPayload: Compatibility["tcpPayload"];
  readonly compatibilityHttpStatusThreshold: Compatibility["httpStatusThreshold"];
}

export function tcpPayloadOption(): Option {
  return optionOf("compatibility.tcpPayload", defaultCompatibility.tcpPayload);
}

export function httpStatusThresholdOption(): Option {
  return optionOf("compatibility.httpStatusThreshold", defaultCompatibility.httpStatusThreshold);
}

export function compatibilityOf(given: CompatibilityOptions): Compatibility {
  return { tcpPayload: given.compatibilityTcpPayload, httpStatusThreshold: given.compatibilityHttpStatusThreshold };
}

function optionOf(name: "compatibility.tcpPayload" | "compatibility.httpStatusThreshold", byDefault: string): Option {
  const { doc, values } = options[name];
  return new Option(`${flagOf(name)} <how>`, doc.replaceAll("`", "")).choices(values).default(byDefault);
}
