import assert from "node:assert/strict";
import type { KubeObject } from "../../src/core/kubernetes/kube-object.ts";
import type { Following, FollowObjects, FollowOptions, FollowStatus } from "../../src/edge/kube-client/follow.ts";
import type { KubeKind } from "../../src/edge/kube-client/port.ts";

/** A kind as a test makes those see it who follow it. */
export interface FakeKind {
  tell(objects: readonly KubeObject[]): void;
  change(changed: readonly KubeObject[], removed?: readonly KubeObject[]): void;
  become(status: FollowStatus): void;
}

/** Has no API server: who follows objects with it is told what the test says. */
export function fakeFollow(): { readonly follow: FollowObjects; readonly kind: (plural: string) => FakeKind; readonly kinds: readonly string[] } {
  const fakes = new Map<string, FakeKind>();
  const follow = <T extends KubeObject>(kind: KubeKind, options: FollowOptions<T>): Following => {
    let status: FollowStatus = { state: "listing" };
    const become = (next: FollowStatus): void => {
      status = next;
      options.onStatus?.(next);
    };
    const trim = options.trim ?? ((object: T) => object);
    fakes.set(kind.plural, {
      tell: (objects) => {
        options.onState(objects.map((object) => trim(object as T)));
        become({ state: "following" });
      },
      change: (changed, removed = []) => options.onChange(changed.map((object) => trim(object as T)), removed as T[]),
      become,
    });
    return { kind, get status() { return status; }, close: () => Promise.resolve() };
  };
  return {
    follow,
    get kinds() {
      return [...fakes.keys()];
    },
    kind: (plural) => {
      const fake = fakes.get(plural);
      assert.ok(fake !== undefined, `${plural} is not followed`);
      return fake;
    },
  };
}
