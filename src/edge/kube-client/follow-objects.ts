import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { objectText, type Following, type FollowObjects, type FollowOptions, type FollowStatus } from "./follow.ts";
import { failureClass, waitAfter } from "./follow-wait.ts";
import { hasStatus, KubeError } from "./kube-error.ts";
import type { KubeClient, KubeKind, ObjectPage, ObjectSelection, WatchEvent } from "./port.ts";

/** Objects a page of a list: one of 5,000 would be held in memory several times over. */
const defaultPageSize = 500;

/** A watch that ends sooner than this was not one: something between us and the server ends them. */
const shortestWatchMs = 1_000;

/** What went well for longer than this and then broke is a first failure. */
const longestFailureMs = 60_000;

/**
 * Lists the objects of a kind and watches them from there, for as long as it is not closed: through ends of watches, versions that are
 * too old (410: everything is listed again), servers that go away, ask for patience or refuse. What was told stays true until
 * something else is told. Starts at once; tells from a later turn on.
 */
export function followObjects<T extends KubeObject>(client: KubeClient, kind: KubeKind, options: FollowOptions<T>): Following {
  const abort = new AbortController();
  let status: FollowStatus = { state: "listing" };
  const become = (next: FollowStatus): void => {
    if (abort.signal.aborted || (next.state === status.state && messageOf(next) === messageOf(status))) return;
    status = next;
    options.onStatus?.(next);
  };
  const running = run(client, kind, options, abort.signal, become);
  return {
    kind,
    get status() {
      return status;
    },
    close: async () => {
      abort.abort();
      await running;
    },
  };
}

/** `followObjects` with a client, for who needs no other part of it. */
export function followWith(client: KubeClient): FollowObjects {
  return (kind, options) => followObjects(client, kind, options);
}

function messageOf(status: FollowStatus): string {
  return "message" in status ? status.message : "";
}

async function run<T extends KubeObject>(client: KubeClient, kind: KubeKind, options: FollowOptions<T>, signal: AbortSignal, become: (status: FollowStatus) => void): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  let failedAs: ReturnType<typeof failureClass> | undefined;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    let begunMs = performance.now();
    try {
      version ??= await listAll(client, kind, options, signal);
      begunMs = performance.now();
      await client.watch<T>(kind, {
        ...selectionOf(options),
        resourceVersion: version,
        signal,
        onOpen: () => become({ state: "following" }),
        onEvents: (events) => {
          failures = 0;
          version = versionAfter(events) ?? version;
          if (!signal.aborted) tell(events, options);
        },
      });
      if (performance.now() - begunMs < shortestWatchMs) throw new KubeError(0, "the API server ended the watch at once", { reason: "Unreachable" });
    } catch (error) {
      if (isOver()) return;
      const expired = hasStatus(error, 410);
      if (expired) version = undefined;
      else become(statusAfter(error));
      const isRepeated = failedAs === failureClass(error) && performance.now() - begunMs < longestFailureMs;
      failedAs = failureClass(error);
      failures = isRepeated ? failures + 1 : 1;
      // What is only too old is asked for anew at once, unless it always is.
      if (!expired || failures > 1) await pause(waitAfter(error, failures), signal);
    }
  }
}

/** Tells everything there is, and gives the version from which a watch goes on. */
async function listAll<T extends KubeObject>(client: KubeClient, kind: KubeKind, options: FollowOptions<T>, signal: AbortSignal): Promise<string> {
  const trim = options.trim ?? ((object: T) => object);
  const selection = { ...selectionOf(options), limit: options.pageSize ?? defaultPageSize };
  const objects: T[] = [];
  for (let continueToken: string | undefined; ; ) {
    const page: ObjectPage<T> = await client.list<T>(kind, continueToken === undefined ? selection : { ...selection, continueToken });
    signal.throwIfAborted();
    for (const item of page.items) objects.push(trim(item));
    continueToken = page.continueToken;
    if (continueToken !== undefined) continue;
    options.onState(objects);
    return page.resourceVersion;
  }
}

function selectionOf({ namespace, labelSelector, fieldSelector }: ObjectSelection): ObjectSelection {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** The last word on each object that these events are about. */
function tell<T extends KubeObject>(events: readonly WatchEvent<T>[], { trim = (object) => object, onChange }: FollowOptions<T>): void {
  const last = new Map<string, WatchEvent<T>>();
  for (const event of events) {
    if (event.type === "BOOKMARK") continue;
    const text = objectText(event.object.metadata);
    // In the order of the last words.
    last.delete(text);
    last.set(text, event);
  }
  if (last.size === 0) return;
  const changed: T[] = [];
  const removed: T[] = [];
  for (const { type, object } of last.values()) (type === "DELETED" ? removed : changed).push(trim(object));
  onChange(changed, removed);
}

function versionAfter<T extends KubeObject>(events: readonly WatchEvent<T>[]): string | undefined {
  return events.at(-1)?.object.metadata.resourceVersion;
}

function statusAfter(error: unknown): FollowStatus {
  const message = error instanceof Error ? error.message : String(error);
  if (hasStatus(error, 401) || hasStatus(error, 403)) return { state: "denied", message };
  return { state: hasStatus(error, 404) ? "missing" : "failing", message };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
