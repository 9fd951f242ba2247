import type { Notice } from "../base/notice.ts";
import type { Violation } from "../base/violation.ts";
import type { Resource, ResourceKey } from "../model/resource.ts";

/** What parsing a document gives: the resource, frozen all the way down, or all that is wrong with it. */
export type ParseResult =
  | { readonly ok: true; readonly resource: Resource; readonly notices: readonly Notice[] }
  | {
      readonly ok: false;
      /** What it would have been, when that much could be read. */
      readonly key?: ResourceKey;
      readonly violations: readonly Violation[];
    };
