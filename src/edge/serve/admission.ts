import { status } from "@grpc/grpc-js";
import type { JsonObject } from "../../core/base/json.ts";
import type { ProxyKey } from "../pipeline/port.ts";
import type { EndReason } from "./stream-proxy.ts";

/** What is known of a client when its first request has been read. */
export interface AskedIn {
  readonly proxy: ProxyKey;
  /** `node.metadata` of the first request: whatever the client's bootstrap says. */
  readonly metadata: JsonObject;
  /** The call's metadata `authorization`, as it was sent. */
  readonly authorization: string | undefined;
  /** Address of the other end, for logs. */
  readonly peer: string;
}

/** A stream that was let in. */
export interface Admitted {
  /** Asked at each later request: a reason to end the stream after all. */
  check?(): EndReason | undefined;
  /** Told once, when the stream has ended, whoever ended it. */
  closed?(): void;
}

/**
 * Asked with the first request of each stream, before anything is served; later requests wait for the answer. A reason ends the
 * stream. What it throws ends the stream with INTERNAL.
 */
export type Admit = (asked: AskedIn) => Promise<Admitted | EndReason>;

/** Lets in whom every one of these lets in, asked one after another. */
export function admitAll(steps: readonly Admit[]): Admit {
  return async (asked) => {
    const admitted: Admitted[] = [];
    for (const step of steps) {
      const answer = await step(asked);
      if (isRefusal(answer)) {
        admitted.forEach((each) => each.closed?.());
        return answer;
      }
      admitted.push(answer);
    }
    return {
      check: () => firstOf(admitted, (each) => each.check?.()),
      closed: () => admitted.forEach((each) => each.closed?.()),
    };
  };
}

export function isRefusal(answer: object): answer is EndReason {
  return "code" in answer;
}

/** What a client is told of a fault that is ours. */
export const cannotAdmit: EndReason = { code: status.INTERNAL, details: "the control plane could not tell whether to serve this proxy" };

function firstOf<T, R>(values: readonly T[], ask: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const answer = ask(value);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
