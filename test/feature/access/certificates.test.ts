import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import path from "node:path";
import { connect as connectTls } from "node:tls";
import { followCertificate, readCertificate } from "../../../src/edge/access/certificate-files.ts";
import { namesOf, ownNames } from "../../../src/edge/access/certificate-names.ts";
import { makeCa, makeServerCertificate } from "../../../src/edge/access/make-certificate.ts";
import { ensureOwnCertificates, ownCertificateFiles } from "../../../src/edge/access/own-certificates.ts";
import { openAdsClient } from "../../kit/ads-client.ts";
import { ApiClient } from "../../kit/api-client.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { createRecordingLog } from "../../kit/silent-log.ts";
import { waitUntil } from "../../kit/wait-until.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";

const now = new Date();
const dayMs = 24 * 60 * 60 * 1000;

describe("the control plane's own certificates", () => {
  let folder: string;
  beforeEach(async () => (folder = await scratchFolder("tls")));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it("are an authority and a server's certificate for this machine, with keys that only their owner can read", async () => {
    const names = ownNames(["cp.example.com", "10.1.2.3"]);
    const files = ownCertificateFiles(folder);
    await ensureOwnCertificates(folder, names, now);
    const [ca, server] = [files.ca, files.cert].map((file) => new X509Certificate(readFileSync(file)));
    assert.ok(ca !== undefined && server !== undefined);
    assert.deepEqual([ca.ca, server.ca, server.checkIssued(ca), server.verify(ca.publicKey)], [true, false, true, true]);
    assert.deepEqual([ca.publicKey.asymmetricKeyDetails?.namedCurve, server.publicKey.asymmetricKeyDetails?.namedCurve], ["prime256v1", "prime256v1"]);
    for (const name of ["localhost", "127.0.0.1", "::1", "cp.example.com", "10.1.2.3"]) assert.ok(namesOf(server).includes(name), name);
    for (const file of [files.caKey, files.key]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
    assert.equal(statSync(path.dirname(files.key)).mode & 0o777, 0o700);
  });

  it("stay what they are, until the server's lacks a name, is about to expire, is damaged or is another authority's", async () => {
    const files = ownCertificateFiles(folder);
    const serverAfter = async (names: readonly string[], at: Date): Promise<string> => {
      await ensureOwnCertificates(folder, names, at);
      return readFileSync(files.cert, "utf8");
    };
    const first = await serverAfter(["localhost"], now);
    const ca = readFileSync(files.ca, "utf8");
    assert.equal(await serverAfter(["localhost"], now), first);
    assert.equal(await serverAfter(["localhost"], new Date(now.getTime() + 300 * dayMs)), first);
    const wider = await serverAfter(["localhost", "cp.example.com"], now);
    assert.notEqual(wider, first);
    const renewed = await serverAfter(["localhost"], new Date(now.getTime() + 340 * dayMs));
    assert.notEqual(renewed, wider);
    writeFileSync(files.cert, "nonsense");
    assert.ok(new X509Certificate(await serverAfter(["localhost"], now)).checkIssued(new X509Certificate(ca)));
    const foreign = await makeServerCertificate(await makeCa(now), ["localhost"], now);
    writeFileSync(files.cert, foreign.cert);
    assert.notEqual(await serverAfter(["localhost"], now), foreign.cert);
    assert.equal(readFileSync(files.ca, "utf8"), ca, "the authority is made once: proxies trust it");
  });

  it("are not made anew over half of an authority", async () => {
    const files = ownCertificateFiles(folder);
    await ensureOwnCertificates(folder, ["localhost"], now);
    rmSync(files.caKey);
    await assert.rejects(ensureOwnCertificates(folder, ["localhost"], now), /ca\.crt is there without its other half/);
  });
});

describe("certificate files", () => {
  let folder: string;
  let pair: { readonly cert: string; readonly key: string };
  beforeEach(async () => {
    folder = await scratchFolder("files");
    pair = await makeServerCertificate(await makeCa(now), ["localhost"], now);
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const put = (cert: string, key: string): { cert: string; key: string } => {
    mkdirSync(folder, { recursive: true });
    const files = { cert: path.join(folder, "a.crt"), key: path.join(folder, "a.key") };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
    return files;
  };

  it("that are not there, broken or of different pairs are refused with the name of the file and nothing of the key", async () => {
    const other = await makeServerCertificate(await makeCa(now), ["localhost"], now);
    for (const [cert, key, told] of [["", pair.key, /a\.crt has no certificate/], ["nonsense", pair.key, /a\.crt has no certificate/], [pair.cert, "nonsense", /a\.key has no key that can be read/], [pair.cert, other.key, /a\.key is not the key of the certificate in .*a\.crt/], [pair.cert.replace(/[A-Z]{3}/, "!!!"), pair.key, /a\.crt has no certificate/]] as const) {
      assert.throws(() => readCertificate(put(cert, key)), told);
    }
    assert.throws(() => readCertificate({ cert: path.join(folder, "none"), key: path.join(folder, "a.key") }), /none cannot be read \(ENOENT\)/);
  });

  it("are read again when they change; while they are no pair, the last good one stays", async () => {
    const files = put(pair.cert, pair.key);
    const log = createRecordingLog();
    const followed = followCertificate(files, { everyMs: 5, logger: log });
    const seen: string[] = [];
    followed.onChange(({ cert }) => seen.push(cert));
    const next = await makeServerCertificate(await makeCa(now), ["localhost", "new.example.com"], now);
    await writeFile(files.cert, next.cert);
    await waitUntil("the mismatch is told", () => log.lines.some((line) => JSON.stringify(line).includes("the last good one stays")));
    assert.equal(followed.current.cert, pair.cert);
    await writeFile(`${files.key}.new`, next.key);
    await rename(`${files.key}.new`, files.key);
    await waitUntil("it is read", () => seen.length > 0);
    assert.deepEqual(seen, [next.cert]);
    assert.deepEqual(followed.current.names, ["localhost", "new.example.com"]);
    followed.close();
  });
});

describe("TLS of a whole control plane", () => {
  let whole: WholeControlPlane;
  let folder: string;
  let files: { cert: string; key: string };
  let cas: readonly string[];
  let pairs: readonly { cert: string; key: string }[];

  before(async () => {
    folder = await scratchFolder("given");
    const authorities = [await makeCa(now), await makeCa(now)];
    cas = authorities.map(({ cert }) => cert);
    pairs = await Promise.all(authorities.map((ca) => makeServerCertificate(ca, ["localhost", "127.0.0.1"], now)));
    files = { cert: path.join(folder, "cp.crt"), key: path.join(folder, "cp.key") };
    await replace(0);
    whole = await startWholeControlPlane(["--store", "memory", "--xds-tls-cert", files.cert, "--xds-tls-key", files.key]);
  });
  after(async () => {
    await whole.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function replace(at: number): Promise<void> {
    await writeFile(files.key, pairs[at]?.key ?? "");
    await writeFile(files.cert, pairs[at]?.cert ?? "");
  }

  function get(port: number, url: string, ca: string | undefined, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = httpsRequest({ host: "localhost", port, path: url, agent: false, headers, ...(ca === undefined ? {} : { ca }) }, (reply) => {
        let body = "";
        reply.on("data", (chunk: Buffer) => (body += chunk.toString()));
        reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body }));
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  it("shows the certificate that is given, to proxies and, where no other is given, to users of the API", async () => {
    assert.equal((await get(whole.apiTlsPort, "/who-am-i", cas[0])).status, 200);
    assert.equal((await get(whole.xdsPort, "/nothing", cas[0])).status, 404);
    for (const port of [whole.apiTlsPort, whole.xdsPort]) await assert.rejects(get(port, "/", cas[1]), /unable to verify|self-signed|signature/i);
  });

  it("tells links to other pages with https", async () => {
    for (const name of ["a", "b"]) await new ApiClient(whole.api).put({ type: "Mesh", name });
    const { body } = await get(whole.apiTlsPort, "/meshes?size=1", cas[0]);
    assert.match((JSON.parse(body) as { next: string }).next, new RegExp(`^https://localhost:${whole.apiTlsPort}/meshes\\?`));
  });

  it("speaks TLS 1.2 and later, HTTP/2 with who asks for it, and HTTP/1.1 with who names nothing", async () => {
    const handshake = (options: object): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ host: "localhost", port: whole.xdsPort, ca: cas[0], ...options }, () => {
          resolve(`${String(socket.alpnProtocol)} ${String(socket.getProtocol())}`);
          socket.destroy();
        });
        socket.on("error", reject);
      });
    assert.equal(await handshake({ ALPNProtocols: ["h2"] }), "h2 TLSv1.3");
    assert.equal(await handshake({ ALPNProtocols: ["h2", "http/1.1"], maxVersion: "TLSv1.2" }), "h2 TLSv1.2");
    assert.equal(await handshake({ ALPNProtocols: ["http/1.1"] }), "http/1.1 TLSv1.3");
    assert.equal(await handshake({}), "false TLSv1.3");
    await assert.rejects(handshake({ maxVersion: "TLSv1.1", minVersion: "TLSv1.1" }));
    await assert.rejects(handshake({ ALPNProtocols: ["spdy/3"] }));
  });

  it("takes a certificate that is replaced, and drops no connection for it", async () => {
    const api = new ApiClient(whole.api);
    await api.put({ type: "Mesh", name: "default" });
    await api.put({ type: "Dataplane", mesh: "default", name: "web-1", networking: { address: "127.0.0.1", inbound: [{ port: 1, tags: { "kuma.io/service": "web" } }] } });
    const authorization = await api.dataplaneToken({ mesh: "default" });
    const early = openAdsClient(whole.xdsPort, "delta", "default.web-1", { ca: cas[0] ?? "", authorization });
    early.request("cds");
    await early.next("cds");
    await replace(1);
    await waitUntil("the new certificate is shown", async () => (await get(whole.apiTlsPort, "/who-am-i", cas[1]).catch(() => ({ status: 0 }))).status === 200);
    const late = openAdsClient(whole.xdsPort, "delta", "default.web-1", { ca: cas[1] ?? "", authorization });
    for (const client of [early, late]) {
      client.request("lds");
      await client.next("lds");
      client.close();
    }
    await assert.rejects(get(whole.apiTlsPort, "/who-am-i", cas[0]), /unable to verify|self-signed|signature/i);
  });

  it("survives what is no TLS, on every port that has it", async () => {
    for (const port of [whole.xdsPort, whole.apiTlsPort]) {
      for (const bytes of ["GET / HTTP/1.1\r\nhost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\xff\xff", "\0".repeat(10_000)]) {
        await new Promise<void>((resolve) => {
          const socket: Socket = connectTcp(port, "127.0.0.1", () => socket.end(bytes, "latin1"));
          socket.on("error", () => undefined);
          socket.on("data", () => undefined);
          socket.on("close", () => resolve());
        });
      }
      assert.ok((await get(port, "/who-am-i", cas[1])).status < 500);
    }
  });
});
