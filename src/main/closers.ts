/** What has to be closed, in the opposite order in which it was opened. */
export interface Closers {
  add(close: () => unknown): void;
  /** Closes everything, also when closing something fails; the first failure is thrown at the end. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const open: (() => unknown)[] = [];
  return {
    add: (close) => void open.push(close),
    closeAll: async () => {
      const failures: unknown[] = [];
      for (let close = open.pop(); close !== undefined; close = open.pop()) {
        await Promise.resolve().then(close).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
