/**
 * Closes what a suite opens: whoever opens something hands in at once how it is closed, and after the suite that is done, the last first. A
 * suite that was skipped before it opened anything has nothing to close. Called in the body of `describe`.
 */
export function closeAfter(): (close: () => unknown) => void {
  const closing: (() => unknown)[] = [];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });
  return (close) => {
    closing.push(close);
  };
}
