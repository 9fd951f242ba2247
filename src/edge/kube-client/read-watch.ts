import type { IncomingMessage } from "node:http";
import { StringDecoder } from "node:string_decoder";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { KubeError } from "./kube-error.ts";
import type { WatchEvent } from "./port.ts";
import { failureOf } from "./read-failure.ts";
import { unreachable } from "./transport.ts";

/** The server tells its version every minute when nothing happens; after this long a silence the connection is taken for broken. */
const silenceMs = 100_000;

/**
 * Reads the answer to a watch until it ends: a telling a line. Resolves when the server ends it; rejects with what the server says
 * when it cannot go on, and when the connection breaks.
 */
export async function readWatch<T extends KubeObject>(response: IncomingMessage, onEvents: (events: readonly WatchEvent<T>[]) => void, quietMs = silenceMs): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const timer = setTimeout(() => void response.destroy(new Error(`nothing was told for ${quietMs / 1000} s`)), quietMs);
  try {
    for await (const part of response) {
      timer.refresh();
      const lines = (rest + decoder.write(part as Buffer)).split("\n");
      rest = lines.pop() ?? "";
      tell(lines, onEvents);
    }
  } catch (error) {
    throw unreachable(error);
  } finally {
    clearTimeout(timer);
  }
}

function tell<T extends KubeObject>(lines: readonly string[], onEvents: (events: readonly WatchEvent<T>[]) => void): void {
  const events: WatchEvent<T>[] = [];
  let failure: KubeError | undefined;
  for (const line of lines) {
    if (line === "") continue;
    const told = readLine<T>(line);
    if (told instanceof KubeError) {
      failure = told;
      break;
    }
    events.push(told);
  }
  if (events.length > 0) onEvents(events);
  if (failure !== undefined) throw failure;
}

function readLine<T extends KubeObject>(line: string): WatchEvent<T> | KubeError {
  try {
    const told = JSON.parse(line) as { readonly type: WatchEvent<T>["type"] | "ERROR"; readonly object: T };
    return told.type === "ERROR" ? failureOf(told.object, 500, {}, "the watch failed") : { type: told.type, object: told.object };
  } catch (error) {
    return new KubeError(0, "the API server's telling is no JSON", { reason: "Unreachable", cause: error });
  }
}
