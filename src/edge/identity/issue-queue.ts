/** Runs acts one after another, with room between them for everything else: thousands of proxies may ask at once. */
export interface IssueQueue {
  add(act: () => Promise<void>): void;
}

export function createIssueQueue(): IssueQueue {
  const waiting: (() => Promise<void>)[] = [];
  let isRunning = false;
  async function run(): Promise<void> {
    for (let act = waiting.shift(); act !== undefined; act = waiting.shift()) {
      await act();
      await new Promise((resolve) => setImmediate(resolve));
    }
    isRunning = false;
  }
  return {
    add(act) {
      waiting.push(act);
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void run());
    },
  };
}
