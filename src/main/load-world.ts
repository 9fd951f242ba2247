import { storeOrigin, type Problem } from "../edge/source/port.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import type { Parts } from "./parts.ts";

/** Resolves with the first World; meanwhile `/ready` says what hinders. */
export async function loadWorld(parts: Parts): Promise<void> {
  const { opened, pipeline } = parts;
  const hindrance = opened.source.problems.subscribe((problems) => {
    parts.notReady = [opened.notLoaded ?? "the store is not loaded yet", ...storeProblems(problems)].join("; ");
  });
  await pipeline.start().catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `cannot load resources: ${messageOf(error)}`);
  }).finally(() => hindrance.unsubscribe());
}

function storeProblems(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap(({ origin, violations }) => (origin === storeOrigin ? violations.map(({ message }) => message) : []));
}

/** What is amiss though there is something to serve: with the store, or with what the environment needs. */
export function followWarnings({ opened, environment, identities, closers }: Parts): () => readonly string[] {
  let ofStore: readonly string[] = [];
  const following = opened.source.problems.subscribe((problems) => (ofStore = storeProblems(problems)));
  closers.add(() => following.unsubscribe());
  return () => [...ofStore, ...identities.problems(), ...(environment.warnings?.() ?? [])];
}
