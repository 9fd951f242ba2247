import { randomBytes } from "node:crypto";
import type { KubeObject, ObjectMeta } from "../../core/kubernetes/kube-object.ts";
import type { StatusEvent } from "../../core/status/status-events.ts";
import { kubeKinds } from "../kube-client/kinds.ts";
import type { KubeClient, KubeKind } from "../kube-client/port.ts";
import { microTime } from "./lease.ts";
import type { Log } from "./port.ts";
import { repeat } from "./repeat.ts";
import type { Rest } from "./repeat.ts";
import type { StatusMetrics } from "./status-metrics.ts";

export interface EventWriterOptions {
  readonly client: KubeClient;
  /** Name of this replica. */
  readonly instance: string;
  readonly logger: Log;
  readonly metrics: Pick<StatusMetrics, "eventsDropped">;
}

/** What an Event is about. */
export interface Regarding {
  readonly kind: KubeKind;
  readonly meta: ObjectMeta;
}

/** One that is told under a name is told once, whichever replica tells it and however often, until the API server forgets it. */
export interface TellingEvent extends StatusEvent {
  readonly once?: string;
}

/** Tells what happened to objects as Events, which `kubectl describe` shows. They are an extra: what cannot be told is dropped. */
export interface EventWriter {
  tell(regarding: Regarding, events: readonly TellingEvent[]): void;
  close(): Promise<void>;
}

/** `events.k8s.io/v1`, the fields that are written. */
interface KubeEvent extends KubeObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly action: string;
  readonly reason: string;
  readonly regarding: Readonly<Record<string, string | undefined>>;
  readonly note: string;
  readonly type: string;
}

const controller = "probeplane.io/status";
/** Events that wait; of more, nobody would read them. */
const maxWaiting = 500;
/** Between two Events, once a burst has been told. */
const restMs = 200;
const burst = 50;

export function createEventWriter({ client, instance, logger, metrics }: EventWriterOptions): EventWriter {
  const waiting: { readonly namespace: string; readonly event: KubeEvent }[] = [];
  let tokens = burst;
  let filledAtMs = performance.now();

  async function turn(): Promise<Rest> {
    const next = waiting.shift();
    if (next === undefined) return {};
    try {
      await client.create<KubeEvent>(kubeKinds.event, { namespace: next.namespace }, next.event);
    } catch (error) {
      logger.debug({ err: error, reason: next.event.reason }, "cannot tell an event");
    }
    const nowMs = performance.now();
    tokens = Math.min(burst, tokens + (nowMs - filledAtMs) / restMs) - 1;
    filledAtMs = nowMs;
    return waiting.length === 0 ? {} : { againMs: tokens > 0 ? 0 : restMs };
  }

  const telling = repeat(turn);
  return {
    tell(regarding, events) {
      const room = maxWaiting - waiting.length;
      if (events.length > room) metrics.eventsDropped(events.length - room);
      for (const event of events.slice(0, room)) waiting.push(eventOf(regarding, event, instance));
      if (events.length > 0) telling.wake();
    },
    close: () => telling.close(),
  };
}

function eventOf({ kind, meta }: Regarding, { type, reason, note, once }: TellingEvent, instance: string): { readonly namespace: string; readonly event: KubeEvent } {
  // Events of what is in no namespace are where kubectl looks for them.
  const namespace = meta.namespace ?? "default";
  const name = `${meta.name.slice(0, 200)}.${once ?? `${Date.now().toString(16)}${randomBytes(4).toString("hex")}`}`;
  const { name: objectName, uid, resourceVersion } = meta;
  const place = meta.namespace === undefined ? {} : { namespace };
  const regarding = { apiVersion: kind.group === "" ? kind.version : `${kind.group}/${kind.version}`, kind: kind.kind, name: objectName, ...place, uid, resourceVersion };
  const event = {
    apiVersion: "events.k8s.io/v1", kind: "Event", metadata: { name, namespace },
    eventTime: microTime(new Date()), reportingController: controller, reportingInstance: instance.slice(0, 128), action: "Reconcile", reason, regarding, note, type,
  };
  return { namespace, event };
}
