import { equalJson } from "../base/equal-json.ts";
import type { Notice } from "../base/notice.ts";

/** Notices by what they are about, for who asks for all of them often and changes few. */
export interface NoticeTable {
  put(about: string, notices: readonly Notice[]): void;
  /** Sorted by what they are about; the same list until something changes. */
  readonly all: () => readonly Notice[];
}

export function createNoticeTable(): NoticeTable {
  const table = new Map<string, readonly Notice[]>();
  let all: readonly Notice[] | undefined = [];
  return {
    put: (about, notices) => {
      if (equalJson(table.get(about) ?? [], notices)) return;
      if (notices.length === 0) table.delete(about);
      else table.set(about, notices);
      all = undefined;
    },
    all: () => (all ??= [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, notices]) => notices)),
  };
}
