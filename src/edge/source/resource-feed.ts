import { BehaviorSubject, Observable, Subject } from "rxjs";
import type { Notice } from "../../core/base/notice.ts";
import { equalJson } from "../../core/base/equal-json.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import type { Problem, Source, SourceEvent } from "./port.ts";
import { createResourceTable, type ResourceTable } from "./resource-table.ts";

/** The telling half of every source: keeps what there is, and tells each subscriber the whole state first and then the changes. */
export interface ResourceFeed extends Pick<Source, "events" | "problems" | "notices"> {
  readonly table: Pick<ResourceTable, "get" | "list" | "all">;
  /** Gives the first whole state. Until then subscribers of `events` wait. */
  start(resources: readonly Resource[]): void;
  readonly started: boolean;
  /** Takes over and tells one change; nothing in it: nothing is told. */
  apply(changed: readonly Resource[], removed: readonly ResourceKey[]): void;
  /** Tells problems and notices when they differ from what was told last. */
  tell(problems: readonly Problem[], notices: readonly Notice[]): void;
  complete(): void;
  /** Ends `events` with an error: there will never be a state. */
  fail(error: Error): void;
}

/** `onSubscribe` runs when somebody subscribes to `events`, before they are told anything. */
export function createResourceFeed(onSubscribe: () => void = () => undefined): ResourceFeed {
  const table = createResourceTable();
  const live = new Subject<SourceEvent>();
  const problems = new BehaviorSubject<readonly Problem[]>([]);
  const notices = new BehaviorSubject<readonly Notice[]>([]);
  let started = false;
  return {
    table,
    events: new Observable((subscriber) => {
      onSubscribe();
      if (started) subscriber.next({ type: "state", resources: table.all() });
      return live.subscribe(subscriber);
    }),
    problems: problems.asObservable(),
    notices: notices.asObservable(),
    get started() {
      return started;
    },
    start: (resources) => {
      for (const resource of resources) table.set(resource);
      started = true;
      live.next({ type: "state", resources: table.all() });
    },
    apply: (changed, removed) => {
      if (changed.length === 0 && removed.length === 0) return;
      for (const key of removed) table.remove(key);
      for (const resource of changed) table.set(resource);
      live.next({ type: "change", changed, removed });
    },
    tell: (nextProblems, nextNotices) => {
      if (!equalJson(problems.value, nextProblems)) problems.next(nextProblems);
      if (!equalJson(notices.value, nextNotices)) notices.next(nextNotices);
    },
    complete: () => {
      for (const subject of [live, problems, notices]) subject.complete();
    },
    fail: (error) => {
      live.error(error);
    },
  };
}
