import assert from "node:assert/strict";
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { Subject } from "rxjs";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { dataplaneScope, signingKeyKey, userScope } from "../../../src/core/access/token-scope.ts";
import { secretOf } from "../../../src/edge/access/secret-of.ts";
import { makeSigningKey } from "../../../src/edge/access/signing-key.ts";
import { watchSecrets } from "../../../src/edge/access/secret-watch.ts";
import { createTokenVerifier } from "../../../src/edge/access/verify-token.ts";
import { createMemoryStore } from "../../../src/edge/source/memory/memory-store.ts";
import { tokensUnderTest, type TokensUnderTest } from "../../kit/access.ts";
import { resourceOf } from "../../contract/sample-resources.ts";
import type { Dataplane } from "../../../src/core/model/dataplane.ts";

const scope = dataplaneScope("default");
const web = { mesh: "default", name: "web-1" };

/** What somebody who shows this is told: undefined when nothing is wrong. */
async function told(tokens: TokensUnderTest, authorization: string | undefined, proxy: Parameters<Exclude<Awaited<ReturnType<TokensUnderTest["authenticateProxy"]>>, string>["refusal"]>[0] = web) {
  const credential = await tokens.authenticateProxy(authorization);
  return typeof credential === "string" ? credential : credential.refusal(proxy);
}

function withPart(token: string, at: number, change: (part: Record<string, unknown>) => object): string {
  const parts = token.split(".");
  const part = JSON.parse(Buffer.from(parts[at] ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
  parts[at] = Buffer.from(JSON.stringify(change(part))).toString("base64url");
  return parts.join(".");
}

describe("data plane tokens", () => {
  let tokens: TokensUnderTest;
  beforeEach(() => (tokens = tokensUnderTest()));
  afterEach(() => tokens.store.close());

  it("have the header and the claims that Kuma's have", async () => {
    const token = await tokens.dataplaneToken({ Name: "web-1", Tags: { "kuma.io/service": ["web"] } }, 86_400_000);
    assert.deepEqual(decodeProtectedHeader(token), { alg: "RS256", kid: "1", typ: "JWT" });
    const { jti, iat = 0, nbf, exp, ...claims } = decodeJwt(token);
    assert.deepEqual(claims, { Name: "web-1", Mesh: "default", Tags: { "kuma.io/service": ["web"] }, Type: "dataplane", Workload: "" });
    assert.deepEqual([nbf, exp], [iat - 300, iat + 86_400]);
    assert.match(jti ?? "", /^[0-9a-f-]{36}$/);
  });

  it("are taken raw and with Bearer, and each has an identifier of its own", async () => {
    const [one, two] = [await tokens.dataplaneToken(), await tokens.dataplaneToken()];
    assert.notEqual(decodeJwt(one).jti, decodeJwt(two).jti);
    for (const shown of [one, `Bearer ${one}`, `bearer  ${two} `, `${one}\n`]) assert.equal(await told(tokens, shown), undefined);
  });

  it("are refused without one, or with what is none, in the same words whatever is wrong", async () => {
    const token = await tokens.dataplaneToken();
    assert.equal(await told(tokens, undefined), "missing");
    assert.equal(await told(tokens, ""), "missing");
    const [head = "", body = "", signature = ""] = token.split(".");
    const malformed = ["x", "a.b.c", `${head}.${body}`, `${head}.${body}.`, `${head}..${signature}`, `${token}x`, `${token}.${token}`, `Basic ${token}`, "x".repeat(100_000), `${head}.${body}.${signature.slice(0, -4)}AAAA`];
    for (const shown of malformed) assert.equal(await told(tokens, shown), "not valid", shown.slice(0, 60));
    assert.equal(await told(tokens, withPart(token, 1, (claims) => ({ ...claims, Name: "root" }))), "not valid");
  });

  it("are refused when they expired, and before they are good", async () => {
    const token = await tokens.dataplaneToken({}, 60_000);
    tokens.nowMs += 59_000;
    assert.equal(await told(tokens, token), undefined);
    const held = await tokens.authenticateProxy(token);
    tokens.nowMs += 2_000;
    assert.equal(await told(tokens, token), "expired");
    assert.equal(typeof held === "string" ? held : held.refusal(web), "expired", "a token that was good when it was first shown");
    tokens.nowMs -= 600_000;
    assert.equal(await told(tokens, token), "not valid");
  });

  it("are refused when they are revoked, at once and also where they are in use; others are not", async () => {
    const [token, other] = [await tokens.dataplaneToken(), await tokens.dataplaneToken()];
    const held = await tokens.authenticateProxy(token);
    await tokens.revoke(scope, "someone-else", decodeJwt(token).jti ?? "");
    assert.equal(await told(tokens, token), "revoked");
    assert.equal(typeof held === "string" ? held : held.refusal(web), "revoked");
    assert.equal(await told(tokens, other), undefined);
    await tokens.store.delete({ kind: scope.kind, mesh: scope.mesh, name: scope.revocations });
    assert.equal(await told(tokens, token), undefined);
  });

  it("of another mesh, name, kind of proxy, tag or workload are refused", async () => {
    const inbound = (service: string, at: number) => ({ port: 80 + at, tags: { "kuma.io/service": service } });
    const dataplane = (...services: string[]): Dataplane => resourceOf({ type: "Dataplane", mesh: "default", name: "web-1", labels: { "kuma.io/workload": "shop" }, networking: { address: "127.0.0.1", inbound: services.map(inbound) } }) as Dataplane;
    const is = async (claims: Parameters<TokensUnderTest["dataplaneToken"]>[0], one?: Dataplane) => told(tokens, await tokens.dataplaneToken(claims), { ...web, ...(one === undefined ? {} : { dataplane: one }) });
    assert.equal(await is({ Mesh: "other" }), "not for this mesh");
    assert.equal(await is({ Name: "web-2" }), "not for this proxy");
    assert.equal(await is({ Type: "ingress" }), "not for this proxy");
    assert.equal(await is({ Name: "web-1" }), undefined);
    const tags = { "kuma.io/service": ["web", "shop"] };
    assert.equal(await is({ Tags: tags }, dataplane("web")), undefined);
    assert.equal(await is({ Tags: tags }, dataplane("web", "shop")), undefined);
    assert.equal(await is({ Tags: tags }, dataplane("web", "bank")), "not for this proxy", "every inbound has to be allowed");
    assert.equal(await is({ Tags: tags }, dataplane()), "not for this proxy");
    assert.equal(await is({ Tags: { team: ["a"] } }, dataplane("web")), "not for this proxy");
    assert.equal(await is({ Workload: "shop" }, dataplane("web")), undefined);
    assert.equal(await is({ Workload: "bank" }, dataplane("web")), "not for this proxy");
  });

  it("signed by somebody else's key are refused: of another mesh, of users, of nobody", async () => {
    const foreign = tokensUnderTest();
    assert.equal(await told(tokens, await foreign.dataplaneToken()), "not valid");
    await tokens.dataplaneToken();
    assert.equal(await told(tokens, await foreign.dataplaneToken()), "not valid", "with the same serial number as ours");
    const claims = { Name: "", Mesh: "default", Tags: {}, Type: "dataplane", Workload: "" };
    for (const signer of [userScope, dataplaneScope("other")]) {
      const token = await tokens.issuer.issue(signer, claims, 60_000);
      assert.equal(await told(tokens, token), "not valid");
    }
  });

  it("are not fooled by the algorithm: none, HS256 with the public key, another RSA scheme, a key that comes along", async () => {
    const token = await tokens.dataplaneToken();
    const [, body = ""] = token.split(".");
    const secret = await tokens.store.get(signingKeyKey(scope, 1));
    const pem = Buffer.from((secret?.spec as { data: string }).data, "base64");
    const publicPem = createPublicKey(pem).export({ type: "spki", format: "pem" });
    const part = (header: object) => Buffer.from(JSON.stringify(header)).toString("base64url");
    const hs256 = (key: string | Buffer, typ = "JWT") => {
      const signed = `${part({ alg: "HS256", kid: "1", typ })}.${body}`;
      return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
    };
    const jwk = createPublicKey(pem).export({ format: "jwk" });
    const payload = decodeJwt(token);
    const own = await tokensUnderTest().dataplaneToken();
    const tries = [
      `${part({ alg: "none", kid: "1" })}.${body}.`, `${part({ alg: "None", kid: "1" })}.${body}.`, `${part({ kid: "1" })}.${body}.`,
      hs256(publicPem), hs256(pem), hs256(""),
      await new SignJWT(payload).setProtectedHeader({ alg: "RS512", kid: "1" }).sign(createPrivateKey(pem)),
      withPart(own, 0, (header) => ({ ...header, jwk })), withPart(own, 0, (header) => ({ ...header, kid: "../../1" })), withPart(own, 0, (header) => ({ ...header, kid: "" })),
      withPart(token, 0, (header) => ({ ...header, crit: ["exp"] })),
    ];
    for (const shown of tries) assert.equal(await told(tokens, shown), "not valid", shown.slice(0, 60));
  });

  it("need a time at which they expire, and an identifier", async () => {
    const good = decodeJwt(await tokens.dataplaneToken());
    const key = createPrivateKey(Buffer.from(((await tokens.store.get(signingKeyKey(scope, 1)))?.spec as { data: string }).data, "base64"));
    const sign = async (payload: object) => new SignJWT({ ...payload }).setProtectedHeader({ alg: "RS256", kid: "1" }).sign(key);
    assert.equal(await told(tokens, await sign(good)), undefined);
    for (const change of [{ exp: undefined }, { jti: undefined }, { exp: "never" }, { Mesh: "" }, { Mesh: 7 }, { Tags: [] }, { Tags: { team: "a" } }, { Name: ["web-1"] }]) {
      assert.equal(await told(tokens, await sign({ ...good, ...change })), "not valid", JSON.stringify(change));
    }
  });
});

describe("signing keys", () => {
  it("are made when first needed, one however many need it, and not where there is nothing to sign for", async () => {
    const store = createMemoryStore();
    const [one, two] = [tokensUnderTest(store), tokensUnderTest(store)];
    const made = await Promise.all([one.dataplaneToken(), two.dataplaneToken(), one.dataplaneToken({ Mesh: "other" })]);
    assert.deepEqual((await store.list("Secret")).map(({ mesh, name }) => `${mesh}/${name}`), ["default/dataplane-token-signing-key-default-1", "other/dataplane-token-signing-key-other-1"]);
    for (const token of made.slice(0, 2)) for (const tokens of [one, two]) assert.equal(await told(tokens, token), undefined);
  });

  it("are rotated by their number: the highest signs, and what is there verifies, without a restart and in every process", async () => {
    const store = createMemoryStore();
    const [one, other] = [tokensUnderTest(store), tokensUnderTest(store)];
    const old = await one.dataplaneToken();
    await one.rotate(scope, 9);
    await one.rotate(scope, 10);
    const young = await one.dataplaneToken();
    assert.equal(decodeProtectedHeader(young).kid, "10");
    const held = await other.authenticateProxy(old);
    for (const token of [old, young]) assert.equal(await told(other, token), undefined);
    await store.delete(signingKeyKey(scope, 1));
    assert.equal(await told(other, old), "not valid");
    assert.equal(typeof held === "string" ? held : held.refusal(web), "not valid");
    assert.equal(await told(other, young), undefined);
  });

  it("that are replaced under their number no longer verify what the old one signed", async () => {
    const tokens = tokensUnderTest();
    const old = await tokens.dataplaneToken();
    await tokens.rotate(scope, 1);
    assert.equal(await told(tokens, old), "not valid");
    assert.equal(await told(tokens, await tokens.dataplaneToken()), undefined);
  });

  it("of Kuma's are read: PEM of either form, DER, and without a number; others are passed over", async () => {
    const tokens = tokensUnderTest();
    const key = createPrivateKey(await makeSigningKey());
    const put = async (serial: number, text: string | Buffer) => {
      const secret = secretOf(signingKeyKey(scope, serial), "");
      await tokens.store.put({ ...secret, spec: { data: Buffer.from(text).toString("base64") } });
    };
    for (const text of [key.export({ type: "pkcs1", format: "pem" }), key.export({ type: "pkcs8", format: "pem" }), key.export({ type: "pkcs1", format: "der" })]) {
      await put(0, text);
      const token = await tokens.dataplaneToken();
      assert.equal(decodeProtectedHeader(token).kid, "0");
      assert.equal(await told(tokens, token), undefined);
    }
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: "pkcs1", format: "pem" });
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
    for (const [at, text] of ["nonsense", "", weak, curve].entries()) await put(at + 5, text);
    assert.equal(decodeProtectedHeader(await tokens.dataplaneToken()).kid, "0");
  });

  it("come with whatever the store has when it is watched, and go when the whole state is told anew without them", async () => {
    const tokens = tokensUnderTest();
    const token = await tokens.dataplaneToken();
    const events = new Subject<{ readonly type: "state"; readonly resources: Awaited<ReturnType<typeof tokens.store.list>> }>();
    const secrets = watchSecrets({ events });
    const verifier = createTokenVerifier(secrets, () => new Date(tokens.nowMs));
    assert.equal(await verifier.verify(scope, token), "not valid");
    events.next({ type: "state", resources: await tokens.store.list("Secret") });
    await secrets.ready;
    assert.equal(typeof (await verifier.verify(scope, token)), "object");
    events.next({ type: "state", resources: [] });
    assert.equal(await verifier.verify(scope, token), "not valid");
  });
});
