import { isAnswer, sqlState } from "./failure.ts";
import type { KeptLink } from "./kept-link.ts";
import { commitBatch, type BatchContext, type KeyedWrite } from "./write-batch.ts";

/**
 * Commits a group of writes and settles each. A group of which the database refuses one for what is in it, or for want of space, is tried write by
 * write: the others are not to suffer for it. Never throws.
 */
export async function commitGroup(kept: KeptLink, context: Omit<BatchContext, "session">, group: readonly KeyedWrite[]): Promise<void> {
  const failAll = (error: unknown): undefined => {
    for (const write of group) write.failed(error);
  };
  const link = await kept.linked().catch(failAll);
  if (link === undefined) return;
  try {
    await commitBatch({ ...context, session: link.writer }, group);
  } catch (error) {
    if (!isAnswer(error)) kept.drop(link, error);
    if (group.length === 1 || !/^(22|53|54)/.test(sqlState(error))) {
      failAll(error);
      return;
    }
    for (const write of group) await commitGroup(kept, context, [write]);
  }
}
