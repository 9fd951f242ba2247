import { StoreUnavailable } from "../store-error.ts";
import type { Link } from "./link.ts";

export interface KeptLinkOptions {
  /** Opens a link; `onLost` is told, also while it is opened, when it breaks. Gives up when the signal says so. */
  readonly open: (onLost: (error: unknown) => void, signal: AbortSignal) => Promise<Link>;
  /** Any failure as a StoreUnavailable. */
  readonly asFailure: (error: unknown) => StoreUnavailable;
  /** Why there is no link at present; undefined: there is one. */
  readonly onState: (failure: StoreUnavailable | undefined) => void;
  /** How often to catch up though no notification asks for it, in ms. */
  readonly resyncMs: number;
}

/** A link that is opened again whenever it breaks, with growing pauses. */
export interface KeptLink {
  /** The link, or the outcome of an attempt that begins now (or runs already): a writer does not wait for the pause to end. */
  linked(): Promise<Link>;
  /** Says that a link is of no use any more. */
  drop(link: Link, error: unknown): void;
  close(): void;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Starts to connect at once. */
export function createKeptLink(options: KeptLinkOptions): KeptLink {
  const kept = new ReopenedLink(options);
  kept.linked().catch(() => undefined);
  return kept;
}

class ReopenedLink implements KeptLink {
  readonly #options: KeptLinkOptions;
  readonly #closing = new AbortController();
  #current: Link | undefined;
  #attempt: Promise<Link> | undefined;
  #pause: NodeJS.Timeout | undefined;
  #resync: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: KeptLinkOptions) {
    this.#options = options;
  }

  linked(): Promise<Link> {
    if (this.#closing.signal.aborted) return Promise.reject(storeClosed());
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    this.#attempt ??= this.#connect().finally(() => (this.#attempt = undefined));
    return this.#attempt;
  }

  drop(link: Link, error: unknown): void {
    link.close(error);
    if (this.#current !== link) return;
    this.#current = undefined;
    clearTimeout(this.#resync);
    this.#failed(error);
  }

  close(): void {
    this.#closing.abort();
    clearTimeout(this.#pause);
    clearTimeout(this.#resync);
    this.#current?.close();
    this.#current = undefined;
  }

  async #connect(): Promise<Link> {
    const { open, asFailure, onState } = this.#options;
    const { signal } = this.#closing;
    clearTimeout(this.#pause);
    const opening: { link?: Link; lost?: unknown } = {};
    const onLost = (error: unknown): void => {
      opening.lost ??= error;
      if (opening.link !== undefined) this.drop(opening.link, error);
    };
    try {
      opening.link = await open(onLost, signal);
      if (opening.lost !== undefined) throw asFailure(opening.lost);
      if (signal.aborted) throw storeClosed();
    } catch (error) {
      opening.link?.close();
      throw this.#failed(error);
    }
    this.#current = opening.link;
    this.#failures = 0;
    this.#keepInStep(opening.link);
    onState(undefined);
    return opening.link;
  }

  /** Says so, and tries again after a pause. */
  #failed(error: unknown): StoreUnavailable {
    const failure = this.#options.asFailure(error);
    if (this.#closing.signal.aborted) return failure;
    this.#options.onState(failure);
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.linked().catch(() => undefined);
    }, pauseMs(this.#failures++));
    return failure;
  }

  #keepInStep(link: Link): void {
    const nextMs = this.#options.resyncMs * spread();
    this.#resync = setTimeout(() => {
      link.keepInStep().then(
        () => {
          if (this.#current === link) this.#keepInStep(link);
        },
        (error: unknown) => this.drop(link, error),
      );
    }, nextMs);
  }
}

function storeClosed(): StoreUnavailable {
  return new StoreUnavailable("closed", "the store is closed");
}

/** Doubles, up to a limit. */
function pauseMs(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** failures) * spread();
}

/** Between a half and one: many control planes do not come in step. */
function spread(): number {
  return 0.5 + Math.random() / 2;
}
