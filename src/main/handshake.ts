import { asObject, asString } from "../core/base/json.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { ApiFailure } from "../edge/client/api-failure.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

/**
 * Asks who answers, as kumactl does first of all. A control plane of another product or version is warned of once. `needed` names what
 * only ours has: then another one is a failure.
 *
 * @returns whether it is ours.
 */
export async function requireProbeplane(client: ApiClient, terminal: Pick<Terminal, "err">, needed?: string): Promise<boolean> {
  const index = asObject(await client.ask({ method: "GET", path: "/" }));
  const [product, theirs] = [asString(index?.["product"]) ?? "something else", asString(index?.["version"]) ?? "unknown"];
  const isOurs = product === "probeplane" || (await documentsItselfAsOurs(client));
  if (!isOurs && needed !== undefined) throw new CommandFailure(exitStatus.invalid, `${needed}: ${client.address} is ${product} ${theirs}, which does not have it`);
  if (!isOurs) terminal.err(`warning: ${client.address} is ${product} ${theirs}, not probeplane\n`);
  else if (theirs !== version && product === "probeplane") terminal.err(`warning: the control plane is probeplane ${theirs}, and this is ${version}\n`);
  return isOurs;
}

/** Ours can be set to answer as the Kuma whose resources it serves. */
async function documentsItselfAsOurs(client: ApiClient): Promise<boolean> {
  const document = await client.ask({ method: "GET", path: "/openapi.json" }).catch((error: unknown) => {
    if (error instanceof ApiFailure) return undefined;
    throw error;
  });
  return asString(asObject(asObject(document)?.["info"])?.["title"]) === "probeplane";
}
