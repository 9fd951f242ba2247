import type { ConnectOptions, Counters } from "./messages.ts";
import { Proxy } from "./proxy.ts";
import type { Recorded } from "./recording.ts";
import type { Response } from "./responses.ts";

/** All proxies of a run, and what the run wants to know of them. */
export class Fleet {
  readonly recorded: Recorded[] = [];
  private readonly options: ConnectOptions;
  private readonly proxies: Proxy[] = [];
  private readonly onReached: (at: readonly bigint[]) => void;
  private readonly bytesByType = new Map<string, number>();
  private reachedAt: (bigint | undefined)[] = [];
  private reached = 0;
  private messages = 0;
  private lastMessageAt = process.hrtime.bigint();
  private expectedMs: number | undefined;
  private phase = 0;

  constructor(options: ConnectOptions, onReached: (at: readonly bigint[]) => void, onEnd: (reason: string) => void) {
    this.options = options;
    this.onReached = onReached;
    const { host, port, delta, nodeId } = options;
    const onResponse = (proxy: Proxy, response: Response): void => {
      this.take(proxy, response);
    };
    for (let index = 0; index < options.proxies; index++) {
      const id = nodeId.replace("%d", String(index));
      const fail = (reason: string): void => {
        onEnd(`${id}: ${reason}`);
      };
      this.proxies.push(new Proxy({ host, port, delta, index, nodeId: id, cluster: "bench", onResponse, onEnd: fail }));
    }
  }

  /** Forgets what was reached: from now on a proxy counts when it holds this interval everywhere. */
  expect(intervalMs: number): void {
    this.expectedMs = intervalMs;
    this.phase += 1;
    this.reachedAt = [];
    this.reached = 0;
    // What is held counts only if it came after this: a replaying server sends the same interval again.
    for (const { state } of this.proxies) state.intervals.clear();
  }

  counters(): Counters {
    let bytes = 0;
    for (const ofType of this.bytesByType.values()) bytes += ofType;
    const quietS = Number(process.hrtime.bigint() - this.lastMessageAt) / 1e9;
    return { bytes, messages: this.messages, bytesByType: Object.fromEntries(this.bytesByType), quietS, reached: this.reached };
  }

  close(): void {
    for (const proxy of this.proxies) proxy.close();
  }

  private take(proxy: Proxy, { typeUrl, bytes }: Response): void {
    this.messages += 1;
    this.bytesByType.set(typeUrl, (this.bytesByType.get(typeUrl) ?? 0) + bytes.length);
    this.lastMessageAt = process.hrtime.bigint();
    if (this.options.record && this.phase <= 1) this.recorded.push({ proxy: proxy.index, phase: this.phase, bytes });
    if (this.reachedAt[proxy.index] !== undefined || !this.isThere(proxy)) return;
    this.reachedAt[proxy.index] = this.lastMessageAt;
    this.reached += 1;
    if (this.reached === this.options.proxies) this.onReached(this.reachedAt.filter((at) => at !== undefined));
  }

  private isThere({ state }: Proxy): boolean {
    const { clusters } = this.options;
    return this.expectedMs === undefined ? state.isFull(clusters) : state.holds(this.expectedMs, clusters);
  }
}
