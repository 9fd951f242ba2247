import type { Observable } from "rxjs";
import { contentHashOf } from "../../core/base/hash.ts";
import { noticeText } from "../../core/base/notice.ts";
import type { Notice } from "../../core/base/notice.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { kubeKinds } from "../kube-client/kinds.ts";
import type { KubeClient, KubeKind } from "../kube-client/port.ts";
import type { EventWriter } from "./event-writer.ts";
import type { Log } from "./port.ts";
import { repeat } from "./repeat.ts";
import type { Rest } from "./repeat.ts";

export interface NoticeEventsOptions {
  readonly client: KubeClient;
  readonly events: EventWriter;
  readonly notices: Observable<readonly Notice[]> | undefined;
  readonly logger: Log;
}

/** What the resources that are derived are derived from. */
const derivedFrom: Readonly<Record<string, KubeKind>> = { Dataplane: kubeKinds.pod, MeshService: kubeKinds.service };

/** Between two objects: there may be thousands when this begins, and none of it is urgent. */
const restMs = 50;

/** Tells on Pods and Services what there is to tell about them, each thing once; from now on, until it is closed. */
export function tellNotices({ client, events, notices, logger }: NoticeEventsOptions): { close(): Promise<void> } {
  const told = new Set<string>();
  let waiting: readonly Notice[] = [];

  async function turn(): Promise<Rest> {
    const next = waiting.find((notice) => !told.has(textOf(notice)));
    if (next === undefined) return {};
    told.add(textOf(next));
    await tell(next).catch((error: unknown) => logger.debug({ err: error, about: next.about }, "cannot tell a notice as an event"));
    return { againMs: restMs, restMs };
  }

  async function tell(notice: Notice): Promise<void> {
    const kind = derivedFrom[notice.about.kind];
    // A name has no point in it before that of its namespace, which has none at all.
    const point = notice.about.name.lastIndexOf(".");
    if (kind === undefined || point < 0) return;
    const [name, namespace] = [notice.about.name.slice(0, point), notice.about.name.slice(point + 1)];
    const { items } = await client.list<KubeObject>(kind, { namespace, fieldSelector: `metadata.name=${name}`, limit: 1 });
    const meta = items[0]?.metadata;
    if (meta === undefined) return;
    const once = contentHashOf([meta.uid ?? "", textOf(notice)]);
    events.tell({ kind, meta }, [{ type: "Warning", reason: reasonOf(notice.code), note: noticeText(notice), once }]);
  }

  const telling = repeat(turn);
  const subscription = notices?.subscribe((all) => {
    waiting = all.filter(({ about }) => derivedFrom[about.kind] !== undefined);
    const texts = new Set(waiting.map(textOf));
    // What is over is told again when it comes back.
    for (const text of told) if (!texts.has(text)) told.delete(text);
    telling.wake();
  });
  return {
    close() {
      subscription?.unsubscribe();
      return telling.close();
    },
  };
}

function textOf({ about, code, path, message }: Notice): string {
  return [about.kind, about.name, code, path, message].join(" ");
}

/** `not-in-mesh` as Kubernetes writes reasons: `NotInMesh`. */
function reasonOf(code: string): string {
  return code.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}
