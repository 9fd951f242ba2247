import { StoreConflict } from "./store-error.ts";

/** One write: what it does inside a transaction, and what to do once that is durable. `C`: what the transaction hands to it. */
export interface Write<C = void> {
  /** Does its part. Throws to refuse this write alone (nothing done yet), or because the transaction failed. */
  run(transaction: C): void;
  /** Called in order, after the commit. */
  committed(): void;
  failed(error: unknown): void;
}

/**
 * A write for the queue whose promise settles with it. `announce` runs after the commit, before the promise resolves. A conflict
 * refuses this write and leaves the others of its transaction alone; any other failure is the transaction's.
 */
export function queuedWrite<T, C = void>(
  run: (transaction: C) => T,
  announce: (result: T) => void,
  asFailure: (error: unknown) => Error,
): { readonly write: Write<C>; readonly done: Promise<T> } {
  const { promise, resolve, reject } = withResolvers<T>();
  let outcome: { readonly result: T } | { readonly conflict: StoreConflict } | undefined;
  const write: Write<C> = {
    run: (transaction) => {
      try {
        outcome = { result: run(transaction) };
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
        outcome = { conflict: error };
      }
    },
    committed: () => {
      if (outcome === undefined) return;
      if ("conflict" in outcome) {
        reject(outcome.conflict);
        return;
      }
      announce(outcome.result);
      resolve(outcome.result);
    },
    failed: (error) => {
      reject(asFailure(error));
    },
  };
  return { write, done: promise };
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    [resolve, reject] = [onValue, onError];
  });
  return { promise, resolve, reject };
}
