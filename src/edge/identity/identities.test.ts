import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { sharedPostgres } from "../../../test/kit/postgres.ts";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { authorityKey } from "../../core/identity/authority-secret.ts";
import type { IdentityPlan } from "../../core/model/mesh-tls-plan.ts";
import type { Mesh, MtlsBackend } from "../../core/model/mesh.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import { secretOf } from "../access/secret-of.ts";
import { watchSecrets } from "../access/secret-watch.ts";
import type { ProxyIdentity } from "../pipeline/port.ts";
import { createMemoryStore } from "../source/memory/memory-store.ts";
import type { Store } from "../source/port.ts";
import { openPostgresStore } from "../source/postgres/postgres-store.ts";
import { createIdentities, type Identities } from "./identities.ts";
import { noIdentityMetrics } from "./identity-metrics.ts";
import { makeAuthority } from "./make-authority.ts";

const dayMs = 86_400_000;
const builtin: MtlsBackend = { name: "ca-1", type: "builtin" };
const plan: IdentityPlan = { mesh: "default", backend: "ca-1", names: ["spiffe://default/web", "kuma://kuma.io/service/web"], certificateLifetimeMs: dayMs };

interface Place {
  readonly identities: Identities;
  readonly log: ReturnType<typeof createRecordingLog>;
  /** A stream of this proxy, and how often it was nudged. */
  open(name?: string, wanted?: IdentityPlan): ProxyIdentity & { readonly nudges: () => number };
  edit(backend: MtlsBackend | undefined): void;
}

/** A control plane's part of it, on a store that it may share with others. */
function place(store: Store, options: { readonly announceMs?: number; readonly now?: () => number } = {}): Place {
  const log = createRecordingLog();
  let mesh = meshWith(builtin);
  const identities = createIdentities({ store, secrets: watchSecrets(store), meshNamed: () => mesh, log, metrics: noIdentityMetrics, announceMs: 600_000, ...options });
  opened.push(identities);
  return {
    identities, log,
    open(name = "web-1", wanted = plan) {
      let count = 0;
      const identity = identities.open({ mesh: "default", name }, () => count++);
      identity.want(wanted);
      return { ...identity, nudges: () => count };
    },
    edit(backend) {
      mesh = meshWith(backend);
      identities.worldChanged();
    },
  };
}

function meshWith(backend: MtlsBackend | undefined): Mesh {
  return { kind: "Mesh", mesh: "", name: "default", labels: {}, spec: backend === undefined ? {} : { mtls: { enabledBackend: backend.name, backends: [backend] } } };
}

const opened: Identities[] = [];

async function issued(identity: ProxyIdentity): Promise<{ readonly leaf: X509Certificate; readonly trusted: readonly X509Certificate[] }> {
  await waitUntil("a certificate was issued", () => identity.secrets()?.identity !== undefined && identity.secrets()?.trust !== undefined);
  return { leaf: new X509Certificate(identity.secrets()?.identity?.certificateChain ?? ""), trusted: trustedBy(identity) };
}

function trustedBy(identity: ProxyIdentity): readonly X509Certificate[] {
  const pems = identity.secrets()?.trust?.certificates.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  return pems.map((pem) => new X509Certificate(pem));
}

describe("identities", () => {
  afterEach(() => {
    for (const identities of opened.splice(0)) identities.close();
  });

  it("gives a proxy a certificate with its names, from a CA that is made at first and kept as a secret", async () => {
    const store = createMemoryStore();
    const identity = place(store).open();
    assert.equal(identity.secrets()?.identity, undefined);
    const { leaf, trusted: [ca] } = await issued(identity);
    assert.equal(leaf.subjectAltName, "URI:spiffe://default/web, URI:kuma://kuma.io/service/web");
    assert.ok(ca !== undefined && leaf.verify(ca.publicKey) && ca.ca);
    assert.equal(ca.subjectAltName, "URI:spiffe://default");
    assert.ok(Date.parse(leaf.validFrom) < Date.now() - 10 * 60_000, "a clock may be ten minutes behind");
    assert.ok(Math.abs(Date.parse(leaf.validTo) - Date.now() - dayMs) < 60_000);
    assert.ok(identity.nudges() > 0);
    assert.notEqual(await store.get(authorityKey("default")), undefined);
  });

  it("has one CA of several control planes that need it at once, and each proxy a key of its own", async () => {
    const store = createMemoryStore();
    const both = await Promise.all([place(store), place(store)].map((each, i) => issued(each.open(`web-${i}`))));
    assert.equal(both[0]?.trusted[0]?.fingerprint256, both[1]?.trusted[0]?.fingerprint256);
    assert.notEqual(both[0]?.leaf.fingerprint256, both[1]?.leaf.fingerprint256);
  });

  it("keeps a proxy's certificate for when it comes back, and makes another when it is somebody else", async () => {
    const here = place(createMemoryStore());
    const first = here.open();
    const { leaf } = await issued(first);
    first.close();
    const second = here.open();
    assert.equal(new X509Certificate(second.secrets()?.identity?.certificateChain ?? "").fingerprint256, leaf.fingerprint256);
    second.want({ ...plan, names: ["spiffe://default/other"] });
    await waitUntil("the other name was issued", () => new X509Certificate(second.secrets()?.identity?.certificateChain ?? "").subjectAltName === "URI:spiffe://default/other");
    second.want(undefined);
    assert.equal(second.secrets(), undefined);
  });

  it("renews before the end", async () => {
    const here = place(createMemoryStore());
    const identity = here.open("web-1", { ...plan, certificateLifetimeMs: 1_300 });
    const { leaf } = await issued(identity);
    await waitUntil("it was renewed", () => new X509Certificate(identity.secrets()?.identity?.certificateChain ?? "").fingerprint256 !== leaf.fingerprint256);
    assert.equal(trustedBy(identity).length, 1);
  });

  it("replaces its CA twice in a minute: all are trusted, and the newest signs in the end, on every control plane", async () => {
    const store = createMemoryStore();
    let skippedMs = 0;
    const now = (): number => Date.now() + skippedMs;
    const [one, two] = [place(store, { now }), place(store, { now })];
    const [a, b] = [one.open("a"), two.open("b")];
    await Promise.all([issued(a), issued(b)]);
    assert.equal(await one.identities.rotate("default"), undefined);
    assert.equal(await two.identities.rotate("default"), undefined);
    await waitUntil("all three are trusted", () => trustedBy(a).length === 3 && trustedBy(b).length === 3);
    assert.deepEqual((await one.identities.status("default"))?.authorities.map(({ state }) => state), ["signing", "announced", "announced"]);
    const late = await issued(two.open("late"));
    assert.ok(late.leaf.verify(late.trusted[0]?.publicKey ?? assert.fail()), "the first still signs");
    skippedMs = 601_000;
    const later = await issued(one.open("later"));
    assert.ok(later.leaf.verify(later.trusted[2]?.publicKey ?? assert.fail()), "the newest signs");
    skippedMs += 2 * dayMs;
    assert.deepEqual((await two.identities.status("default"))?.authorities.map(({ serial }) => serial), [3]);
    await waitUntil("the last alone is trusted", () => trustedBy(b).length === 1);
  });

  it("announces no more than it can carry", async () => {
    const { identities } = place(createMemoryStore());
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await identities.rotate("default"));
    assert.deepEqual(answers, [undefined, undefined, undefined, undefined, undefined, "the mesh default trusts 6 CAs already; wait until the oldest is over"]);
  });

  it("trusts a provided CA and the one before it, and says what is wrong with one while it goes on with the last", async () => {
    const store = createMemoryStore();
    const here = place(store, { announceMs: 0 });
    const identity = here.open();
    await issued(identity);
    const [good, other] = [await makeAuthority("default", dayMs * 400, Date.now()), await makeAuthority("other", dayMs * 400, Date.now())];
    const provided: MtlsBackend = { name: "own", type: "provided", conf: { cert: { secret: "ca-cert" }, key: { inlineString: good.privateKey } } };
    const certKey = { kind: "Secret", mesh: "default", name: "ca-cert" };
    here.edit(provided);
    await waitUntil("a problem is told", () => here.identities.problems("default").length > 0);
    assert.deepEqual(here.identities.problems("default"), ['the CA of backend own is of no use: cert: there is no secret "ca-cert" in the mesh']);
    assert.equal(trustedBy(identity).length, 1);
    await store.put(secretOf(certKey, other.certificates));
    await waitUntil("the wrong key is told", () => here.identities.problems("default").some((problem) => problem.includes("private key does not match")));
    assert.match(here.identities.problems("default").join("\n"), /cert\[0\]: is the CA of spiffe:\/\/other, not of the mesh "default"/);
    await store.put(secretOf(certKey, good.certificates));
    await waitUntil("both are trusted", () => trustedBy(identity).length === 2);
    assert.deepEqual(here.identities.problems("default"), []);
    const later = await issued(here.open("later"));
    assert.ok(later.leaf.verify(new X509Certificate(good.certificates).publicKey));
    assert.match((await here.identities.rotate("default")) ?? "", /is provided: give the backend own another cert and key/);
    assert.ok(here.log.lines.every((line) => !JSON.stringify(line).includes("PRIVATE KEY")));
  });

  it("goes on with the CA that Kuma made for the mesh", async () => {
    const store = createMemoryStore();
    const kuma = await makeAuthority("default", 400 * dayMs, Date.now());
    const named = (part: string): ResourceKey => ({ kind: "Secret", mesh: "default", name: `default.ca-builtin-${part}-ca-1` });
    await store.put(secretOf(named("cert"), kuma.certificates));
    await store.put(secretOf(named("key"), kuma.privateKey));
    const { leaf, trusted } = await issued(place(store).open());
    assert.ok(trusted.length === 1 && leaf.verify(new X509Certificate(kuma.certificates).publicKey));
  });

  it("has one CA and one rotation of two control planes on one database", async function () {
    const url = await (await sharedPostgres(this)).createDatabase();
    const stores = [openPostgresStore({ url }), openPostgresStore({ url })];
    try {
      await stores[0]?.put(secretOf({ kind: "Secret", mesh: "default", name: "first" }, "so that there is a store"));
      const [one, two] = stores.map((store) => place(store));
      const streams = [one?.open("a") ?? assert.fail(), two?.open("b") ?? assert.fail()];
      const [a, b] = await Promise.all(streams.map(issued));
      assert.equal(a?.trusted[0]?.fingerprint256, b?.trusted[0]?.fingerprint256);
      assert.deepEqual(await Promise.all([one?.identities.rotate("default"), two?.identities.rotate("default")]), [undefined, undefined]);
      await waitUntil("both trust all three", () => streams.every((stream) => trustedBy(stream).length === 3));
    } finally {
      for (const identities of opened.splice(0)) identities.close();
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  it("never writes over a secret that it cannot read", async () => {
    const store = createMemoryStore();
    const broken = secretOf(authorityKey("default"), "what was here before");
    await store.put(broken);
    const here = place(store);
    const identity = here.open();
    await waitUntil("a problem is told", () => here.identities.problems("default").length > 0);
    assert.match(here.identities.problems("default")[0] ?? "", /does not hold the mesh's CA any more/);
    assert.equal(identity.secrets()?.identity, undefined);
    assert.deepEqual((await store.get(authorityKey("default")))?.spec, broken.spec);
  });

  it("makes another CA when its secret is deleted, and gives everybody a certificate of it", async () => {
    const store = createMemoryStore();
    const identity = place(store).open();
    const { leaf } = await issued(identity);
    await store.delete(authorityKey("default"));
    await waitUntil("another certificate was issued", () => new X509Certificate(identity.secrets()?.identity?.certificateChain ?? "").fingerprint256 !== leaf.fingerprint256);
    const { leaf: next, trusted } = await issued(identity);
    assert.ok(trusted.length === 1 && next.verify(trusted[0]?.publicKey ?? assert.fail()));
  });
});
