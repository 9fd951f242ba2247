import { status } from "@grpc/grpc-js";
import { equalJson } from "../../core/base/equal-json.ts";
import { directDataplane, violationsText } from "../../core/bootstrap/direct-dataplane.ts";
import { heldBy, isDirect } from "../../core/bootstrap/direct-labels.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { isConflict, keyOf, type Arrival, type DirectLifecycleOptions } from "./port.ts";

/** A reason to end the stream, in gRPC's terms. */
export interface Refusal {
  readonly code: status;
  readonly details: string;
}

/** The text of a status is a header: servers and proxies on the way allow some kilobytes. */
const longestDetails = 3_000;

/** How often a write is tried anew that somebody else's came before. */
const tries = 5;

/**
 * Stores the Dataplane that came with a proxy. `held`: it is there because of the proxy, and has to go with it. `stored`: somebody
 * wrote just this one through the API, and it stays theirs.
 */
export async function register(options: DirectLifecycleOptions, arrival: Arrival, text: string): Promise<"held" | "stored" | Refusal> {
  const read = directDataplane(options.readDocuments(text, "dataplane.resource"), arrival.proxy);
  if (!read.ok) return refuse(status.INVALID_ARGUMENT, `the Dataplane in the node's metadata is not valid: ${violationsText(read.violations)}`);
  const wanted = heldBy(options.withStoreLabels(read.dataplane), options.holder);
  const refusal = await options.refusalOf(arrival, wanted);
  if (refusal !== undefined) return refuse(status.PERMISSION_DENIED, refusal);
  const { mesh } = arrival.proxy;
  if ((await options.store.get({ kind: "Mesh", mesh: "", name: mesh })) === undefined) {
    return refuse(status.INVALID_ARGUMENT, `the Dataplane in the node's metadata is not valid: mesh: mesh ${JSON.stringify(mesh)} does not exist`);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOver(options, arrival, wanted);
    } catch (error) {
      if (!isConflict(error)) return unavailable(options, arrival, error);
      if (attempt === tries) return refuse(status.UNAVAILABLE, "the Dataplane is being changed by somebody else; ask again");
    }
  }
}

async function putOver(options: DirectLifecycleOptions, arrival: Arrival, wanted: Dataplane): Promise<"held" | "stored" | Refusal> {
  const stored = (await options.store.get(keyOf(wanted))) as Dataplane | undefined;
  if (stored !== undefined && !isDirect(stored)) {
    return equalJson(stored.spec, wanted.spec) ? "stored" : refuse(status.FAILED_PRECONDITION, appliedByOthers(wanted));
  }
  // Whoever replaces a Dataplane has to be one who could be it, or any token of the mesh could take any proxy's place.
  const refusal = stored === undefined ? undefined : await options.refusalOf(arrival, stored);
  if (refusal !== undefined) return refuse(status.PERMISSION_DENIED, `another proxy has this Dataplane: ${refusal}`);
  await options.store.put(wanted, { expectedModificationTime: stored?.modificationTime ?? "" });
  return "held";
}

function appliedByOthers({ mesh, name }: Dataplane): string {
  return (
    `Dataplane ${JSON.stringify(name)} in mesh ${JSON.stringify(mesh)} was applied through the API and is not the one that the proxy brings along: ` +
    "apply that one, or delete the stored one, or start the proxy without"
  );
}

function unavailable({ logger }: DirectLifecycleOptions, { proxy }: Arrival, error: unknown): Refusal {
  logger.error({ ...proxy, err: error }, "cannot store the Dataplane of a proxy");
  return refuse(status.UNAVAILABLE, "the Dataplane cannot be stored at present");
}

function refuse(code: status, text: string): Refusal {
  return { code, details: text.length > longestDetails ? `${text.slice(0, longestDetails)} …` : text };
}
