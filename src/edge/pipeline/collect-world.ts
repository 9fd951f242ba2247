import { filter, map, scan } from "rxjs";
import type { OperatorFunction } from "rxjs";
import { applyChanges, changesTo, emptyWorld, equalContent, findResource } from "../../core/model/apply-changes.ts";
import { keyText } from "../../core/model/resource.ts";
import { isSensitiveKind } from "../../core/model/secret-kind.ts";
import type { Change, World } from "../../core/model/world.ts";
import type { SourceEvent } from "../source/port.ts";

/** A new World beside the one before, and what differs between them. */
export interface WorldStep {
  readonly before: World;
  readonly world: World;
  /** Each resource once, as it was in `before` and is in `world`. */
  readonly changes: readonly Change[];
}

interface Progress {
  /** Undefined until the source has said everything there is. */
  readonly world: World | undefined;
  readonly step: WorldStep | undefined;
}

/** Makes Worlds of what a source tells, the first one when it has told everything there is; lists that change nothing make none. */
export function collectWorld(): OperatorFunction<readonly SourceEvent[], WorldStep> {
  return (events) =>
    events.pipe(
      scan<readonly SourceEvent[], Progress>(advance, { world: undefined, step: undefined }),
      map(({ step }) => step),
      filter((step) => step !== undefined),
    );
}

function advance(progress: Progress, events: readonly SourceEvent[]): Progress {
  let world = progress.world;
  const changed = new Map<string, Change>();
  for (const event of events) {
    if (world !== undefined || event.type === "state") {
      const present: World = world ?? emptyWorld;
      const changes = changesOf(present, event);
      changes.forEach((change) => remember(changed, change));
      world = applyChanges(present, changes);
    }
  }
  const isFirst = progress.world === undefined;
  if (world === undefined || (!isFirst && changed.size === 0)) {
    return { world, step: undefined };
  }
  return { world, step: { before: progress.world ?? emptyWorld, world, changes: [...changed.values()] } };
}

function changesOf(world: World, event: SourceEvent): readonly Change[] {
  if (event.type === "state") {
    return changesTo(world, event.resources);
  }
  const removed = event.removed.map((key): Change => withBefore(world, { key }));
  const changed = event.changed.map(({ kind, mesh, name }, at): Change => {
    const after = event.changed[at];
    return withBefore(world, { key: { kind, mesh, name }, ...(after === undefined ? {} : { after }) });
  });
  const known = [...removed, ...changed].filter(({ key }) => !isSensitiveKind(key.kind));
  return known.filter(({ before, after }) => before !== after && !(before && after && equalContent(before, after)));
}

function withBefore(world: World, change: Change): Change {
  const before = findResource(world, change.key);
  return before === undefined ? change : { ...change, before };
}

/** Several changes of one resource are one: from what it was first to what it is last. */
function remember(changes: Map<string, Change>, { key, before, after }: Change): void {
  const text = keyText(key);
  const earlier = changes.get(text);
  const first = earlier === undefined ? before : earlier.before;
  changes.set(text, { key, ...(first === undefined ? {} : { before: first }), ...(after === undefined ? {} : { after }) });
}
