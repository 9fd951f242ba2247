import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { openSharedCertificates, type SharedCertificates, type SharedCertificatesOptions } from "../../src/edge/access/kubernetes/shared-certificates.ts";
import { serviceNames } from "../../src/edge/access/kubernetes/service-names.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import type { KubeClient } from "../../src/edge/kube-client/port.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { grantChartRole } from "../kit/kube/chart-role.ts";
import { ownApiServer, sharedApiServer } from "../kit/kube/start-api-server.ts";
import { registerWebhook } from "../kit/kube/webhook.ts";
import { createRecordingLog } from "../kit/silent-log.ts";
import { waitUntil } from "../kit/wait-until.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Replicas in a namespace, with the rights that the chart gives, and a clock for all. */
class Replicas {
  nowMs = Date.now();
  readonly log = createRecordingLog();
  readonly #api: ApiServer;
  readonly #opened: { readonly certificates?: SharedCertificates; readonly client: KubeClient }[] = [];
  readonly namespace: string;
  readonly webhook: string;
  readonly #token: string;

  private constructor(api: ApiServer, namespace: string, webhook: string, token: string) {
    this.#api = api;
    this.namespace = namespace;
    this.webhook = webhook;
    this.#token = token;
  }

  static async create(api: ApiServer): Promise<Replicas> {
    const namespace = await api.createNamespace("probeplane");
    const webhook = `certificates-${namespace}`;
    return new Replicas(api, namespace, webhook, await grantChartRole(api, namespace, { webhookConfiguration: webhook }));
  }

  async open(changed: Partial<SharedCertificatesOptions> = {}): Promise<SharedCertificates> {
    const client = await openKubeClient({ kubeconfig: await this.#api.kubeconfig({ token: this.#token, namespace: this.namespace }) });
    this.#opened.push({ client });
    const certificates = await openSharedCertificates({
      client,
      namespace: this.namespace,
      secret: "probeplane-certificates",
      configMap: "probeplane-ca",
      webhooks: [{ kind: "validatingWebhookConfiguration", name: this.webhook }],
      names: serviceNames("probeplane", this.namespace),
      everyMs: 1_000_000,
      now: () => new Date(this.nowMs),
      logger: this.log,
      ...changed,
    });
    this.#opened.push({ certificates, client });
    return certificates;
  }

  async read<T>(path: string): Promise<T> {
    const { status, body } = await this.#api.request("GET", path);
    assert.equal(status, 200, JSON.stringify(body));
    return body as T;
  }

  async secret(): Promise<Readonly<Record<string, string>>> {
    const { data } = await this.read<{ readonly data: Readonly<Record<string, string>> }>(`/api/v1/namespaces/${this.namespace}/secrets/probeplane-certificates`);
    return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value, "base64").toString()]));
  }

  async caBundle(): Promise<string> {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${this.webhook}`;
    const { webhooks } = await this.read<{ readonly webhooks: readonly { readonly clientConfig: { readonly url: string; readonly caBundle?: string } }[] }>(path);
    assert.equal(webhooks[0]?.clientConfig.url, url, "what else is configured stays");
    return Buffer.from(webhooks[0].clientConfig.caBundle ?? "", "base64").toString();
  }

  async published(): Promise<string> {
    return (await this.read<{ readonly data: { readonly "ca.crt": string } }>(`/api/v1/namespaces/${this.namespace}/configmaps/probeplane-ca`)).data["ca.crt"];
  }

  async close(): Promise<void> {
    for (const { certificates, client } of this.#opened) {
      certificates?.close();
      await client.close();
    }
  }
}

const url = "https://127.0.0.1:1/validate";

function count(pem: string): number {
  return pem.split("BEGIN CERTIFICATE").length - 1;
}

function isSignedByOneOf(cert: string, caPem: string): boolean {
  const own = new X509Certificate(cert);
  return (caPem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).some((ca) => own.verify(new X509Certificate(ca).publicKey));
}

describe("the certificates of a control plane in a cluster", () => {
  let api: ApiServer;
  let replicas: Replicas;
  let unregister: () => Promise<void>;
  before(async function () {
    api = await sharedApiServer(this);
  });
  beforeEach(async () => {
    replicas = await Replicas.create(api);
    unregister = await registerWebhook(api, { name: replicas.webhook, url, namespace: replicas.namespace });
  });
  afterEach(async () => {
    await replicas.close();
    await unregister();
  });

  it("are made once, however many replicas start together, and trusted by who has to", async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => replicas.open()));
    const [first] = opened;
    assert.ok(first);
    assert.equal(new Set(opened.map(({ current }) => current.cert)).size, 1, "all show the same");
    const { caPem, cert, names } = first.current;
    assert.equal(count(caPem), 1);
    assert.ok(isSignedByOneOf(cert, caPem));
    assert.ok(names.includes(`probeplane.${replicas.namespace}.svc`));
    assert.equal(await replicas.published(), caPem);
    assert.equal(await replicas.caBundle(), caPem);
    assert.equal((await replicas.secret())["tls.crt"], cert);
    assert.deepEqual(replicas.log.lines.filter(({ level }) => level !== "info"), [], "who comes second is no problem");
    assert.ok(!JSON.stringify(replicas.log.lines).includes("PRIVATE KEY"));
  });

  it("are renewed when they have expired, by one replica for all, under the same authority", async () => {
    const [one, two] = [await replicas.open(), await replicas.open()];
    const before = one.current;
    const shown: string[] = [];
    two.onChange(({ cert }) => shown.push(cert));
    replicas.nowMs += 400 * dayMs;
    await Promise.all([one.check(), two.check()]);
    assert.notEqual(one.current.cert, before.cert);
    assert.equal(one.current.cert, two.current.cert);
    assert.deepEqual(shown, [one.current.cert]);
    assert.equal(one.current.caPem, before.caPem);
    assert.ok(Date.parse(new X509Certificate(one.current.cert).validTo) > replicas.nowMs);
    await one.check();
    assert.equal(one.current.cert, two.current.cert, "once is enough");
  });

  it("come from the next authority only after everybody has long been told of it", async () => {
    const one = await replicas.open();
    const first = one.current.caPem;
    replicas.nowMs += 8.2 * 365 * dayMs;
    await one.check();
    assert.equal(count(one.current.caPem), 2);
    assert.ok(one.current.caPem.startsWith(first));
    assert.ok(isSignedByOneOf(one.current.cert, first), "signed by the one that clients know");
    assert.equal(await replicas.caBundle(), one.current.caPem);
    assert.equal(await replicas.published(), one.current.caPem);
    replicas.nowMs += 365 * dayMs;
    await one.check();
    assert.equal(count(one.current.caPem), 2);
    assert.ok(!isSignedByOneOf(one.current.cert, first));
    assert.ok(isSignedByOneOf(one.current.cert, one.current.caPem));
  });

  it("are those that everybody trusts, after a clock that jumped came back", async () => {
    const one = await replicas.open();
    const first = one.current.caPem;
    const realMs = replicas.nowMs;
    replicas.nowMs += 30 * 365 * dayMs;
    await one.check();
    assert.ok(!isSignedByOneOf(one.current.cert, first), "ten years are over");
    replicas.nowMs = realMs;
    await one.check();
    assert.ok(isSignedByOneOf(one.current.cert, first));
    assert.ok(one.current.caPem.startsWith(first));
    assert.ok(Date.parse(new X509Certificate(one.current.cert).validFrom) <= realMs);
  });

  it("are put back where somebody took them away", async () => {
    const one = await replicas.open();
    const { cert, caPem } = one.current;
    const secret = `/api/v1/namespaces/${replicas.namespace}/secrets/probeplane-certificates`;
    const configuration = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${replicas.webhook}`;
    await api.request("DELETE", secret);
    await api.request("DELETE", `/api/v1/namespaces/${replicas.namespace}/configmaps/probeplane-ca`);
    await api.request("PATCH", configuration, { body: [{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }], contentType: "application/json-patch+json" });
    await one.check();
    assert.equal((await replicas.secret())["tls.crt"], cert);
    assert.equal(await replicas.published(), caPem);
    assert.equal(await replicas.caBundle(), caPem);
    await api.request("PATCH", secret, { body: { data: { "ca.crt": "eA==", "tls.key": "eA==" } } });
    await one.check();
    assert.equal((await replicas.secret())["ca.crt"], caPem, "what makes no sense is mended");
  });

  it("do without what is not there, and say what they may not do", async () => {
    await unregister();
    const problems: (string | undefined)[] = [];
    await replicas.open({ onProblem: (problem) => problems.push(problem) });
    assert.equal(problems.length, 0, "a cluster without the webhook is none");
    const foreign = { kind: "validatingWebhookConfiguration", name: "of-somebody-else" } as const;
    const other = await replicas.open({ webhooks: [foreign], onProblem: (problem) => problems.push(problem) });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^ValidatingWebhookConfiguration of-somebody-else: .*forbidden.*cannot get resource "validatingwebhookconfigurations"/);
    assert.ok(other.current.cert !== "", "and go on");
  });
});

describe("the certificates of a control plane that starts before the API server", () => {
  it("are there as soon as that is, and stay in use while it is away", async function () {
    const api = await ownApiServer(this);
    const replicas = await Replicas.create(api);
    await api.kill();
    const problems: (string | undefined)[] = [];
    const opening = replicas.open({ onProblem: (problem) => problems.push(problem) });
    await waitUntil("it says what hinders", () => problems.length > 0);
    assert.match(problems[0] ?? "", /^Secret .*\/probeplane-certificates: the API server cannot be reached/);
    await api.restart();
    const one = await opening;
    assert.equal(problems.at(-1), undefined);
    const { cert } = one.current;
    await api.kill();
    await one.check();
    assert.match(problems.at(-1) ?? "", /cannot be reached/);
    assert.equal(one.current.cert, cert);
    await replicas.close();
    await api.stop();
  });
});
