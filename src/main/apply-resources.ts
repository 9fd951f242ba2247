import type { JsonObject } from "../core/base/json.ts";
import type { Resource, ResourceKey } from "../core/model/resource.ts";
import type { ApiClient, PutAnswer } from "../edge/client/api-client.ts";
import { ApiFailure } from "../edge/client/api-failure.ts";
import { resourceText } from "./describe-problems.ts";
import { CommandFailure } from "./exit-status.ts";
import { statusOfFailure } from "./status-of-failure.ts";
import type { Terminal } from "./terminal.ts";

/** A resource on its way to the control plane. */
export interface ToApply {
  readonly resource: Resource;
  /** In Universal form, as it is sent. */
  readonly document: JsonObject;
  readonly origin: string;
}

/** `resource type="Mesh" mesh="" name="demo"`, as kumactl calls it. */
export function kumactlText({ kind, mesh, name }: ResourceKey): string {
  return `resource type="${kind}" mesh="${mesh}" name="${name}"`;
}

/** Requests that are under way at once while nothing is written. */
const checksAtOnce = 8;

/** Has the control plane check them all. @throws CommandFailure with everything that it refuses. */
export async function checkResources(client: ApiClient, resources: readonly ToApply[]): Promise<ReadonlyMap<string, PutAnswer["outcome"]>> {
  const meshes = new Set(resources.filter(({ resource }) => resource.kind === "Mesh").map(({ resource }) => resource.name));
  const outcomes = new Map<string, PutAnswer["outcome"]>();
  const failures: ApiFailure[] = [];
  for (let at = 0; at < resources.length; at += checksAtOnce) {
    const some = resources.slice(at, at + checksAtOnce);
    const answers = await Promise.allSettled(some.map(({ resource, document }) => client.put(resource, document, { dryRun: true })));
    for (const [i, { resource }] of some.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      if (answer.status === "fulfilled") outcomes.set(kumactlText(resource), answer.value.outcome);
      else if (waitsForMesh(answer.reason, resource, meshes)) outcomes.set(kumactlText(resource), "created");
      else failures.push(placed(answer.reason, resource));
    }
  }
  failAll(failures);
  return outcomes;
}

/** Writes them one after the other, and tells of each what came of it. What is refused does not keep the others back. @throws CommandFailure. */
export async function applyResources(client: ApiClient, resources: readonly ToApply[], terminal: Terminal): Promise<void> {
  const failures: ApiFailure[] = [];
  for (const { resource, document } of resources) {
    try {
      const { outcome, warnings } = await client.put(resource, document);
      terminal.out(`${kumactlText(resource)} ${outcome}\n`);
      for (const warning of warnings) terminal.err(`warning: ${resourceText(resource)}: ${warning}\n`);
    } catch (error) {
      failures.push(placed(error, resource));
    }
  }
  failAll(failures);
}

/** Its mesh is not there yet, and one of the other documents makes it. */
function waitsForMesh(error: unknown, { mesh }: Resource, meshes: ReadonlySet<string>): boolean {
  return error instanceof ApiFailure && error.status === 404 && meshes.has(mesh);
}

/** Without an answer there is no sense in going on: that is thrown. */
function placed(error: unknown, resource: Resource): ApiFailure {
  if (!(error instanceof ApiFailure)) throw error;
  return new ApiFailure(error.status, error.title, `${kumactlText(resource)}: failed server side: ${error.message}`);
}

function failAll(failures: readonly ApiFailure[]): void {
  const [first] = failures;
  if (first !== undefined) throw new CommandFailure(statusOfFailure(first), failures.map(({ message }) => message).join("\n"));
}
