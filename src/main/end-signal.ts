/**
 * Resolves at the first SIGTERM or SIGINT, with its name. A second one ends the process at once: whoever asks twice does not want
 * to wait.
 */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(128 + (signal === "SIGINT" ? 2 : 15));
      asked = true;
      resolve(signal);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
}
