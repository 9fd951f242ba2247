import { connect as connectTls } from "node:tls";
import type { Document } from "../../test/kit/api-client.ts";
import { makeTestCa } from "../../test/kit/certificates.ts";
import type { EnvoyAdmin } from "../../test/kit/envoy-admin.ts";
import { httpGet } from "../../test/kit/http-request.ts";
import { waitUntil } from "../../test/kit/wait-until.ts";
import { askBackend, counted } from "./show.ts";
import type { Show } from "./show.ts";
import { seconds } from "./time-to-verdict.ts";

/** How long a certificate of the demo is good for: so briefly that one can watch it being renewed. */
const lifetime = "20s";

/** A mesh whose proxies take nothing but mutual TLS. */
export const strictMesh: Document = {
  type: "Mesh",
  name: "default",
  mtls: {
    enabledBackend: "ca-1",
    backends: [{ name: "ca-1", type: "builtin", mode: "STRICT", dpCert: { rotation: { expiration: lifetime } } }],
  },
};

interface ShownCertificate {
  readonly serial_number?: string;
  readonly subject_alt_names?: readonly { readonly uri?: string }[];
}

/** The certificate that an Envoy has for itself; undefined until it came. */
async function certificateOf(admin: EnvoyAdmin): Promise<{ readonly serial: string; readonly names: readonly string[] } | undefined> {
  const { certificates = [] } = JSON.parse(await admin.text("/certs")) as { readonly certificates?: readonly { readonly cert_chain?: readonly ShownCertificate[] }[] };
  const [own] = certificates.flatMap(({ cert_chain: chain = [] }) => chain);
  return own === undefined ? undefined : { serial: own.serial_number ?? "", names: (own.subject_alt_names ?? []).flatMap(({ uri }) => uri ?? []) };
}

/** Each proxy got a certificate on its ADS stream, which says which service it is. */
export async function lookAtIdentities({ stage, screen, expectations }: Show): Promise<void> {
  screen.heading(`The mesh takes nothing but mutual TLS; certificates are good for ${lifetime} here`);
  await expectations.expect("every Envoy has a certificate that says which service it is", async () => {
    const seen = await Promise.all(stage.members.map(async ({ envoy, dataplane }) => {
      const { names } = await waitUntil(`${envoy.name} has a certificate`, () => certificateOf(envoy.admin));
      return { names, wanted: `spiffe://default/${serviceOf(dataplane)}` };
    }));
    return { held: seen.every(({ names, wanted }) => names.includes(wanted)), evidence: `/certs: ${[...new Set(seen.map(({ names }) => names[0] ?? "none"))].join("  ")}` };
  });
}

function serviceOf(dataplane: Document): string {
  const { inbound = [] } = (dataplane["networking"] ?? {}) as { readonly inbound?: readonly { readonly tags: Readonly<Record<string, string>> }[] };
  return inbound[0]?.tags["kuma.io/service"] ?? "";
}

/** Who speaks plain text, and who is of another mesh. */
export async function keepOthersOut({ stage, expectations }: Show): Promise<void> {
  const [backend] = stage.backends;
  const port = Number(backend.endpoint.split(":")[1]);
  await expectations.expect(`a request in plain text to ${backend.app.name}'s Envoy is refused`, async () => {
    const { status, error = "" } = await httpGet(port);
    return { held: status === 0, evidence: `${backend.endpoint}: ${status === 0 ? error : `status ${status}`}` };
  });
  await expectations.expect("a peer that has a certificate of another mesh is refused", async () => {
    const other = await makeTestCa("mesh other");
    const said = await handshake(port, await other.issue("web", "spiffe://default/web"));
    const refused = await backend.envoy.admin.stats(`listener.*${port}.*ssl.fail_verify_error`);
    const count = [...refused.values()].reduce((sum, value) => sum + value, 0);
    return { held: /alert|reset|disconnected/i.test(said) && count > 0, evidence: `as spiffe://default/web by another CA: ${said}; ssl.fail_verify_error ${count}` };
  });
}

/** What becomes of a TLS connection of this client, which trusts whoever answers. */
async function handshake(port: number, { cert, key }: { readonly cert: string; readonly key: string }): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connectTls({ host: "127.0.0.1", port, cert, key, rejectUnauthorized: false, ALPNProtocols: ["kuma"] });
    socket.once("error", (error: Error) => { resolve(/alert [a-z ]+/.exec(error.message)?.[0] ?? error.message); });
    // In TLS 1.3 a client learns only after the handshake that it was refused.
    socket.once("secureConnect", () => socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    socket.once("data", () => { socket.destroy(); resolve("an answer"); });
    socket.once("close", () => { resolve("disconnected"); });
  });
}

/** Requests and checks alike go through it. */
export async function lookAtConnections({ stage, expectations }: Show): Promise<void> {
  const { admin } = stage.web.envoy;
  await expectations.expect("requests and checks go through mutual TLS, over HTTP, TCP and gRPC", async () => {
    const counts = await Promise.all(["backend", "cache", "payment"].map(async (name) => {
      const [handshakes, checks] = [await admin.stat(`cluster.${name}.ssl.handshake`), await admin.stat(`cluster.${name}.health_check.success`)];
      return { name, handshakes, checks };
    }));
    return {
      held: counts.every(({ handshakes, checks }) => handshakes > 0 && checks > 0),
      evidence: counts.map(({ name, handshakes, checks }) => `${name}: ${handshakes} handshakes, ${checks} checks passed`).join("; "),
    };
  });
}

/** A certificate that is renewed cuts nobody off. */
export async function renewCertificates(show: Show): Promise<void> {
  const { stage, screen, expectations } = show;
  const serials = (): Promise<readonly string[]> => Promise.all(stage.members.map(async ({ envoy }) => (await certificateOf(envoy.admin))?.serial ?? ""));
  screen.heading("Certificates are renewed when four fifths of their time have passed");
  await expectations.expect("every Envoy gets another certificate, and no request fails meanwhile", async () => {
    const first = await serials();
    const [by, failed] = [new Map<string, number>(), [] as number[]];
    const start = performance.now();
    await waitUntil("every certificate is another one", async () => {
      const asked = await askBackend(show, 12);
      for (const [name, count] of asked.by) by.set(name, (by.get(name) ?? 0) + count);
      failed.push(...asked.failed);
      return (await serials()).every((serial, i) => serial !== "" && serial !== first[i]);
    }, { everyMs: 100 });
    return { held: failed.length === 0, evidence: `/certs: ${first.length} other serial numbers after ${seconds(performance.now() - start)}; requests meanwhile: ${counted(by)}; ${failed.length} failed` };
  });
}
