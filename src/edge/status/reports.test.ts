import assert from "node:assert/strict";
import { kubeKinds } from "../kube-client/kinds.ts";
import type { KubeKind, KubeClient } from "../kube-client/port.ts";
import { followReports } from "./reports.ts";

/** An API server that answers a list when it is told to, and has nothing to tell by watches. */
class SlowLists {
  readonly #asked = new Map<string, () => void>();
  readonly client: Pick<KubeClient, "list" | "watch"> = {
    list: ({ kind }: KubeKind) => new Promise((resolve) => this.#asked.set(kind, () => resolve({ items: [], resourceVersion: "1" }))),
    watch: (_kind, { signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };

  async answer({ kind }: KubeKind): Promise<void> {
    this.#asked.get(kind)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("what other replicas say", () => {
  const orders = [[kubeKinds.lease, kubeKinds.configMap], [kubeKinds.configMap, kubeKinds.lease]] as const;
  for (const [first, last] of orders) {
    it(`is told to be known with the last list, here that of ${last.kind}s, though nobody says anything`, async () => {
      const server = new SlowLists();
      let wasKnown = false;
      const reports = followReports({
        client: server.client as KubeClient, namespace: "probeplane-system", self: "one", durationMs: 60_000,
        onChange: () => (wasKnown ||= reports.ready),
      });
      await server.answer(first);
      assert.equal(wasKnown, false);
      await server.answer(last);
      assert.equal(wasKnown, true);
      await reports.close();
    });
  }
});
