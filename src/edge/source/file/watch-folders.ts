import { watch, type FSWatcher } from "node:fs";
import { join } from "node:path";

/** Watches a set of folders, each for itself: that works the same on every system and survives folders that come and go. */
export interface FolderWatch {
  /** Watches exactly these from now on, given as paths below the folder. */
  follow(folders: readonly string[]): void;
  close(): void;
}

/** Calls `onEvent` on any change in a watched folder. A folder that cannot be watched is left to the periodic scan. */
export function createFolderWatch(folder: string, onEvent: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  const drop = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const add = (path: string): void => {
    try {
      const watcher = watch(join(folder, path), { persistent: false }, onEvent);
      watcher.on("error", () => {
        drop(path);
        onEvent();
      });
      watchers.set(path, watcher);
    } catch {
      // No such folder any more, or no watches left in the system.
    }
  };
  return {
    follow: (folders) => {
      const wanted = new Set(folders);
      for (const path of [...watchers.keys()]) if (!wanted.has(path)) drop(path);
      for (const path of wanted) if (!watchers.has(path)) add(path);
    },
    close: () => {
      for (const path of [...watchers.keys()]) drop(path);
    },
  };
}
