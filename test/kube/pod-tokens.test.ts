import assert from "node:assert/strict";
import { createPodAuthentication } from "../../src/edge/access/kubernetes/authenticate-pod.ts";
import { rememberReviews } from "../../src/edge/access/kubernetes/remember-reviews.ts";
import { createTokenReviewer } from "../../src/edge/access/kubernetes/review-token.ts";
import type { AuthenticateProxy } from "../../src/edge/access/authenticate-proxy.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import type { TokenRefusal } from "../../src/core/access/refusal.ts";
import { closeAfter } from "../kit/close-after.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import { ownApiServer, sharedApiServer } from "../kit/kube/start-api-server.ts";
import { createRecordingLog } from "../kit/silent-log.ts";
import { waitUntil } from "../kit/wait-until.ts";

const audience = "probeplane";

/** The way in for pods, against a real API server, with the rights that the chart gives. */
async function wayIn(api: ApiServer): Promise<{ readonly client: KubeClient; readonly authenticate: AuthenticateProxy; readonly log: ReturnType<typeof createRecordingLog> }> {
  const namespace = await api.createNamespace("probeplane");
  const client = await openKubeClient({ kubeconfig: await api.kubeconfig({ token: await grantChartRole(api, namespace), namespace }) });
  const log = createRecordingLog();
  const review = rememberReviews(createTokenReviewer({ client, audience, timeoutMs: 500 }), { logger: log, goodMs: 0, badMs: 0 });
  const others: AuthenticateProxy = () => Promise.resolve("not valid");
  return { client, log, authenticate: createPodAuthentication({ review, audience, others }) };
}

async function createPod(api: ApiServer, namespace: string, name: string): Promise<void> {
  const pod = { metadata: { name }, spec: { serviceAccountName: "app", containers: [{ name: "app", image: "app" }] } };
  const answer = await api.request("POST", `/api/v1/namespaces/${namespace}/pods`, { body: pod });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
}

describe("a pod's proxy at the door", () => {
  let api: ApiServer;
  let namespace: string;
  let door: Awaited<ReturnType<typeof wayIn>>;
  const closeLater = closeAfter();
  before(async function () {
    api = await sharedApiServer(this);
    namespace = await api.createNamespace("shop");
    for (const name of ["web-1", "web-2"]) await createPod(api, namespace, name);
    door = await wayIn(api);
    closeLater(() => door.client.close());
  });

  /** What the pod with this token is told that wants to be that proxy. */
  async function told(token: string, name: string): Promise<TokenRefusal | undefined> {
    const credential = await door.authenticate(`Bearer ${token}`);
    return typeof credential === "string" ? credential : credential.refusal({ mesh: "default", name });
  }
  const tokenOf = (pod: string | undefined, more: object = {}): Promise<string> =>
    api.tokenFor({ namespace, serviceAccount: "app", audiences: [audience], ...(pod === undefined ? {} : { pod }), ...more });

  it("gets its own configuration, and not that of the pod beside it, nor one of its name elsewhere", async () => {
    const token = await tokenOf("web-1");
    assert.equal(await told(token, `web-1.${namespace}`), undefined);
    assert.equal(await told(token, `web-2.${namespace}`), "not for this proxy");
    assert.equal(await told(token, "web-1.default"), "not for this proxy");
  });

  it("is refused with a token for another audience, of no pod, of somebody else's making, that was tampered with", async () => {
    assert.equal(await told(await tokenOf("web-1", { audiences: ["vault"] }), `web-1.${namespace}`), "not for this audience");
    assert.equal(await told(await api.tokenFor({ namespace, serviceAccount: "app", pod: "web-1" }), `web-1.${namespace}`), "not for this audience", "the API server's own");
    assert.equal(await told(await tokenOf(undefined), `web-1.${namespace}`), "not for a pod");
    const good = await tokenOf("web-1");
    assert.equal(await told(`${good.slice(0, -8)}AAAAAAAA`, `web-1.${namespace}`), "not valid");
    assert.equal(await told(api.adminToken, `web-1.${namespace}`), "not valid");
  });

  it("is refused with a token that has expired, and told so", async () => {
    const brief = await tokenOf("web-1", { lifetimeSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await told(brief, `web-1.${namespace}`), "expired");
  });

  it("is refused with the token of a pod that is gone, also when another has its name", async () => {
    await createPod(api, namespace, "gone");
    const token = await tokenOf("gone");
    const path = `/api/v1/namespaces/${namespace}/pods/gone`;
    assert.equal((await api.request("DELETE", `${path}?gracePeriodSeconds=0`)).status, 200);
    await createPod(api, namespace, "gone");
    // Were it asked before, the API server itself would remember for some seconds.
    await waitUntil("the token of the pod before is refused", async () => (await told(token, `gone.${namespace}`)) === "not valid");
    assert.equal(await told(token, `gone.${namespace}`), "not valid");
    assert.equal(await told(await tokenOf("gone"), `gone.${namespace}`), undefined);
  });
});

describe("a pod's proxy while the API server is away", () => {
  it("gets in with a token that was good a moment ago; with a new one it is told within the time limit that nobody can tell", async function () {
    const api = await ownApiServer(this);
    const namespace = await api.createNamespace("shop");
    await createPod(api, namespace, "web-1");
    const { client, authenticate, log } = await wayIn(api);
    const [known, fresh, other] = await Promise.all([1, 2, 3].map(() => api.tokenFor({ namespace, serviceAccount: "app", audiences: [audience], pod: "web-1" })));
    const proxy = { mesh: "default", name: `web-1.${namespace}` };
    const told = async (token = ""): Promise<TokenRefusal | undefined> => {
      const credential = await authenticate(token);
      return typeof credential === "string" ? credential : credential.refusal(proxy);
    };
    assert.equal(await told(known), undefined);
    const freeze = (): Promise<void> => {
      api.freeze();
      return Promise.resolve();
    };
    for (const away of [freeze, () => api.kill()]) {
      await away();
      assert.equal(await told(fresh), "not checkable");
      assert.equal(await told(known), undefined);
      assert.equal(await told(other), "not checkable");
    }
    await api.restart();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    assert.equal(await told(fresh), undefined, "and is let in when it is back");
    assert.match(String(log.lines[0]?.fields["err"]), /no answer to a TokenReview within 500 ms/);
    for (const token of [known, fresh, other]) assert.ok(!JSON.stringify(log.lines).includes(token?.split(".")[2] ?? "-"), "no token is logged");
    await client.close();
    await api.stop();
  });
});
