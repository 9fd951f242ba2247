import { rememberPairs } from "../base/remember.ts";
import type { Difference } from "./difference.ts";
import { ClusterParts, SenderCluster, type Sender } from "./encoded-cluster.ts";
import { markShared } from "./shared-list.ts";
import type { EncodedResource } from "./snapshot.ts";

/** A resource of many proxies: as it is, or a cluster that each sender has with its own name in it. */
export type SharedResource = ClusterParts | EncodedResource;

const nothing: ReadonlySet<string> = new Set();

/**
 * The resources of one type that a proxy has, by name: those that it has in common with others, as this sender has them, then its own. A
 * thousand proxies that call the same destinations hold a few references each: a cluster as a sender has it is made when it is asked for.
 */
export class ProxyResources implements ReadonlyMap<string, EncodedResource> {
  readonly #shared: ReadonlyMap<string, SharedResource>;
  readonly #sender: Sender;
  readonly #own: ReadonlyMap<string, EncodedResource>;
  readonly #hidden: ReadonlySet<string>;

  /** @param hidden names of shared resources that this proxy does not have. */
  constructor(shared: ReadonlyMap<string, SharedResource>, sender: Sender, own: ReadonlyMap<string, EncodedResource>, hidden = nothing) {
    this.#shared = shared;
    this.#sender = sender;
    this.#own = own;
    this.#hidden = hidden;
  }

  get size(): number {
    let size = this.#shared.size;
    for (const name of this.#hidden) size -= this.#shared.has(name) ? 1 : 0;
    for (const name of this.#own.keys()) size += this.#isShared(name) ? 0 : 1;
    return size;
  }

  get(name: string): EncodedResource | undefined {
    const shared = this.#isShared(name) ? this.#shared.get(name) : undefined;
    return shared === undefined ? this.#own.get(name) : dress(shared, this.#sender);
  }

  has(name: string): boolean {
    return this.#isShared(name) || this.#own.has(name);
  }

  *entries(): MapIterator<[string, EncodedResource]> {
    for (const [name, resource] of this.#shared) if (!this.#hidden.has(name)) yield [name, dress(resource, this.#sender)];
    for (const [name, resource] of this.#own) if (!this.#isShared(name)) yield [name, resource];
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): MapIterator<EncodedResource> {
    for (const [, resource] of this.entries()) yield resource;
  }

  [Symbol.iterator](): MapIterator<[string, EncodedResource]> {
    return this.entries();
  }

  forEach(callback: (resource: EncodedResource, name: string, map: ReadonlyMap<string, EncodedResource>) => void): void {
    for (const [name, resource] of this.entries()) callback(resource, name, this);
  }

  /** All of them; one list for all proxies of one sender where they have none of their own. */
  list(): readonly EncodedResource[] {
    const onlyShared = this.#own.size === 0 && this.#hidden.size === 0;
    return onlyShared && this.#sender.isShared ? allForMany(this.#shared, this.#sender) : [...this.entries()].map(([, resource]) => resource);
  }

  /**
   * What became of a proxy's resources. Worked out once for all proxies that went from the same shared ones to the same, and put down once
   * for those of one sender. Undefined when more has changed than what is shared: then somebody has to look at each.
   */
  since(before: ProxyResources): Difference | undefined {
    if (this.#sender !== before.#sender || this.#own !== before.#own || this.#hidden !== before.#hidden) return undefined;
    for (const name of this.#own.keys()) {
      if (this.#shared.has(name) || before.#shared.has(name)) return undefined;
    }
    const { changed, gone } = differenceOf(before.#shared, this.#shared);
    const dressed = this.#sender.isShared ? dressForMany(changed, this.#sender) : dressAll(changed, this.#sender);
    return this.#hidden.size === 0 ? { changed: dressed, gone } : this.#visible({ changed: dressed, gone });
  }

  #visible({ changed, gone }: Difference): Difference {
    const hidden = this.#hidden;
    return { changed: changed.filter(({ name }) => !hidden.has(name)), gone: gone.filter((name) => !hidden.has(name)) };
  }

  #isShared(name: string): boolean {
    return this.#shared.has(name) && !this.#hidden.has(name);
  }
}

function dress(resource: SharedResource, sender: Sender): EncodedResource {
  return resource instanceof ClusterParts ? new SenderCluster(resource, sender) : resource;
}

function dressAll(resources: readonly SharedResource[], sender: Sender): readonly EncodedResource[] {
  return resources.map((resource) => dress(resource, sender));
}

const dressForMany = rememberPairs((resources: readonly SharedResource[], sender: Sender): readonly EncodedResource[] => {
  const list = dressAll(resources, sender);
  markShared(list);
  return list;
});

const allForMany = rememberPairs((shared: ReadonlyMap<string, SharedResource>, sender: Sender): readonly EncodedResource[] => {
  const list = dressAll([...shared.values()], sender);
  markShared(list);
  return list;
});

const differenceOf = rememberPairs((before: ReadonlyMap<string, SharedResource>, after: ReadonlyMap<string, SharedResource>) => ({
  changed: [...after.values()].filter(({ name, version }) => before.get(name)?.version !== version),
  gone: [...before.keys()].filter((name) => !after.has(name)),
}));
