import { didYouMean } from "../../core/base/nearest-name.ts";
import { clientEnv } from "./client-env.ts";
import type { Given, GivenValue } from "./given.ts";
import { envOf, envPrefix, type OptionTable } from "./option.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the configuration file. */
export const configEnv = `${envPrefix}CONFIG`;

/** Kubernetes gives every container such variables for each Service of its namespace, one called `probeplane` among them. */
const serviceLink = /^PROBEPLANE_(?:[A-Z0-9_]+_)?(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** They belong to other commands, and may stand in the same environment. */
const foreign: ReadonlySet<string> = new Set(Object.values(clientEnv));

/** Reads the variables that begin with PROBEPLANE_; one that no option has is a problem, an empty one is as if not set. */
export function readEnv(env: Environment, table: OptionTable): Given {
  const names = new Map(Object.keys(table).map((name) => [envOf(name), name]));
  const values: GivenValue[] = [];
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(envPrefix) || variable === configEnv || foreign.has(variable) || value === undefined || value === "") continue;
    const name = names.get(variable);
    if (name !== undefined) values.push({ name, value, place: variable });
    else if (!serviceLink.test(variable)) problems.push(`${variable}: there is no such setting${didYouMean(variable, [...names.keys(), configEnv])}`);
  }
  return { values, problems };
}
