import assert from "node:assert/strict";
import { applyChanges, changesTo, emptyWorld } from "../../core/model/apply-changes.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { World } from "../../core/model/world.ts";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import type { SharedReadiness } from "./port.ts";
import { createTlsReadiness } from "./tls-readiness.ts";
import type { TlsReadiness } from "./tls-readiness.ts";

function worldOf(enabled: boolean): World {
  const mtls = enabled ? { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } : {};
  const mesh: Resource = { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: { mtls } };
  return applyChanges(emptyWorld, changesTo(emptyWorld, [mesh]));
}

/** What two control planes share, told at once. */
function sharedList(): SharedReadiness & { names: readonly string[] } {
  const listeners: (() => void)[] = [];
  const list = {
    names: [] as readonly string[],
    read: () => list.names,
    add: (_mesh: string, names: readonly string[]) => change([...list.names, ...names]),
    clear: () => change([]),
    onChange: (listener: () => void) => void listeners.push(listener),
  };
  function change(names: readonly string[]): void {
    list.names = names;
    for (const listener of listeners) listener();
  }
  return list;
}

function readyIn(readiness: TlsReadiness, world: World): readonly string[] | undefined {
  return readiness.tell(world).meshes.get("default")?.readyForTls?.toArray();
}

describe("which proxies take mutual TLS", () => {
  it("is told of a mesh that has it, after a moment, and forgotten when it has it no more", async () => {
    const told: string[][] = [];
    const readiness = createTlsReadiness({ onFound: (found) => told.push([...found.get("default") ?? []]), settleMs: 1 });
    assert.deepEqual(readyIn(readiness, worldOf(true)), []);
    readiness.found({ mesh: "default", name: "a" });
    readiness.found({ mesh: "default", name: "b" });
    assert.deepEqual(readyIn(readiness, worldOf(true)), []);
    await waitUntil("both are told", () => told.length > 0);
    assert.deepEqual(told, [["a", "b"]]);
    assert.deepEqual(readyIn(readiness, worldOf(true)), ["a", "b"]);
    assert.equal(readyIn(readiness, worldOf(false)), undefined);
    assert.deepEqual(readyIn(readiness, worldOf(true)), []);
  });

  it("is shared by control planes, and known to one that starts anew", async () => {
    const shared = sharedList();
    const told: string[][] = [];
    const [here, there] = [[], told].map((to: string[][]) => createTlsReadiness({ onFound: (found) => to.push([...found.get("default") ?? []]), shared, settleMs: 1 }));
    assert.ok(here && there);
    [here, there].forEach((one) => one.tell(worldOf(true)));
    here.found({ mesh: "default", name: "a" });
    await waitUntil("the other one knows", () => told.length > 0);
    assert.deepEqual(told, [["a"]]);
    assert.deepEqual(readyIn(there, worldOf(true)), ["a"]);
    assert.deepEqual(readyIn(createTlsReadiness({ onFound: () => undefined, shared }), worldOf(true)), ["a"]);
    here.tell(worldOf(false));
    assert.deepEqual(shared.names, []);
  });
});
