import { resolve } from "node:path";
import { equalJson } from "../../../core/base/equal-json.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import { defaultCompatibility, type Compatibility } from "../../../core/policy/compatibility.ts";
import { keyOf } from "../key-of.ts";
import { stamped } from "../plan-put.ts";
import type { Source } from "../port.ts";
import { createResourceFeed, type ResourceFeed } from "../resource-feed.ts";
import { folderState, type FolderState } from "./folder-state.ts";
import { startRescanClock, type RescanClock } from "./rescan-clock.ts";
import { scanFolder, type Scan } from "./scan-folder.ts";
import { createFolderWatch } from "./watch-folders.ts";

export interface FileSourceOptions {
  readonly folder: string;
  /** Quiet time after the last change in the folder before it is read; default 50 ms. */
  readonly quietMs?: number;
  /** Time between scans that repair lost notifications of the system; default 10 s. */
  readonly rescanMs?: number;
  /** How policies are read; default: as documented. */
  readonly compatibility?: Compatibility;
}

/**
 * A folder of YAML and JSON files, with its subfolders, watched. What is bad is told in `problems` and leaves the last good version
 * in force; a file that is deleted takes its resources with it. The first state waits until the folder can be read. Resources have
 * the labels that a store adds; modificationTime is the time of the file in which they changed.
 */
export function createFileSource(options: FileSourceOptions): Source {
  const folder = resolve(options.folder);
  const compatibility = options.compatibility ?? defaultCompatibility;
  let clock: RescanClock | undefined;
  let closed = false;
  const feed = createResourceFeed(() => {
    if (!closed) clock ??= begin();
  });
  const watch = createFolderWatch(folder, () => clock?.nudge());
  const begin = (): RescanClock => {
    let last: Scan | undefined;
    const periodMs = options.rescanMs ?? 10_000;
    const quietMs = options.quietMs ?? 50;
    return startRescanClock({ quietMs, maxDelayMs: 500 }, async () => {
      const scan = await scanFolder({ folder, compatibility }, last, Date.now);
      if (closed) return periodMs;
      watch.follow(scan.folders);
      publish(feed, scan);
      if (scan.complete || last !== undefined) last = scan;
      if (scan.unsettledSinceMs.size > 0) return quietMs;
      // A folder that is not there cannot be watched.
      return scan.complete ? periodMs : Math.min(periodMs, 500);
    });
  };
  return {
    events: feed.events,
    problems: feed.problems,
    notices: feed.notices,
    close: async () => {
      closed = true;
      watch.close();
      await clock?.stop();
      feed.complete();
    },
  };
}

function publish(feed: ResourceFeed, scan: Scan): void {
  const state = folderState(scan.files);
  if (scan.complete && (scan.changed || !feed.started)) publishResources(feed, state);
  feed.tell([...scan.problems, ...state.problems], state.notices);
}

function publishResources(feed: ResourceFeed, state: FolderState): void {
  const present = state.resources.map(({ resource, modifiedMs }) => timed(feed.table.get(resource), resource, modifiedMs));
  if (!feed.started) {
    feed.start(present);
    return;
  }
  const keys = new Set(present.map(keyText));
  const removed: ResourceKey[] = feed.table.all().filter((resource) => !keys.has(keyText(resource))).map(keyOf);
  feed.apply(
    present.filter((resource) => feed.table.get(resource) !== resource),
    removed,
  );
}

/** The resource as it was told before when it means the same, else with the time of its file. */
function timed(before: Resource | undefined, resource: Resource, modifiedMs: number): Resource {
  if (before !== undefined && equalJson(before.labels, resource.labels) && equalJson(before.spec, resource.spec)) return before;
  const time = new Date(modifiedMs).toISOString();
  return stamped(resource, before?.creationTime ?? time, time);
}
