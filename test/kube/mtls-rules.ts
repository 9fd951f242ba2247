import type { RuleCase } from "./rule-case.ts";

const builtin = { name: "ca-1", type: "builtin" };
const at = "spec.mtls.backends";

function mesh(name: string, mtls: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "Mesh", name: `mtls: ${name}`, spec: { mtls }, refused };
}

function backend(name: string, fields: Readonly<Record<string, unknown>>, ...refused: readonly string[]): RuleCase {
  return mesh(name, { enabledBackend: "ca-1", backends: [{ ...builtin, ...fields }] }, ...refused.map((text) => `${at}[0].${text}`));
}

function provided(name: string, conf: unknown, ...refused: readonly string[]): RuleCase {
  return backend(name, { type: "provided", conf }, ...refused.map((text) => `conf.${text}`));
}

/** What is for the webhook alone, because it takes more than a schema to see it. */
function byWebhook(rule: RuleCase): RuleCase {
  return { ...rule, webhookRefuses: true };
}

const badTime = "has to be a valid format";
const oneWay = "must have exactly one defined: secret, file, inline, inlineString";

/** What a Mesh may and may not say of mutual TLS. */
export const mtlsRules: readonly RuleCase[] = [
  mesh("nothing", {}),
  mesh("a backend that is not enabled", { enabledBackend: "", backends: [builtin] }),
  mesh("no backends", { backends: [] }),
  mesh("a backend that is not there", { enabledBackend: "ca-2", backends: [builtin] }, "spec.mtls.enabledBackend: has to be set to one of the backends in the mesh"),
  mesh("a backend of none", { enabledBackend: "ca-1" }, "spec.mtls.enabledBackend: has to be set to one of the backends in the mesh"),
  mesh("two backends", { enabledBackend: "ca-1", backends: [builtin, { ...builtin, name: "ca-2" }] }, `${at}: cannot have more than 1 backends`),
  backend("everything", {
    mode: "PERMISSIVE", dpCert: { rotation: { expiration: "1d" }, requestTimeout: "1s" }, rootChain: { requestTimeout: "1s" }, conf: { caCert: { RSAbits: 2048, rsaBits: 2048, expiration: "10y" } },
  }),
  backend("an unknown type", { type: "vault" }, "type: could not find installed plugin for this type"),
  backend("an unknown mode", { mode: "Strict" }, 'mode: Unsupported value: "Strict": supported values: "STRICT", "PERMISSIVE"'),
  backend("an unknown field", { dpcert: {} }, "dpcert: unknown field"),
  mesh("a backend without a name", { backends: [{ type: "builtin" }] }, `${at}[0].name: Required value`),
  mesh("a backend without a type", { backends: [{ name: "ca-1" }] }, `${at}[0].type: Required value`),
  byWebhook(mesh("a builtin backend whose name is none for a Secret", { enabledBackend: "Big CA", backends: [{ ...builtin, name: "Big CA" }] })),
  ...["", "0", "1y", "2w", "3d", "4h", "5m", "6s", "7ms"].map((expiration) => backend(`the lifetime "${expiration}"`, { dpCert: { rotation: { expiration } } })),
  ...["1", "1d12h", "-1d", "1.5h", "1 d"].map((expiration) => backend(`the lifetime "${expiration}"`, { dpCert: { rotation: { expiration } } }, `dpCert.rotation.expiration: ${badTime}`)),
  backend("a CA's lifetime that is none", { conf: { caCert: { expiration: "ten years" } } }, `conf.caCert.expiration: ${badTime}`),
  provided("a CA in Secrets", { cert: { secret: "ca-cert" }, key: { secret: "ca-key" } }),
  provided("a CA in files", { cert: { file: "/cert.pem" }, key: { file: "/key.pem" } }),
  provided("a CA said in two ways", { cert: { secret: "a", file: "b" }, key: { secret: "a" } }, `cert: ${oneWay}`),
  provided("a CA said in no way", { cert: { secret: "a" }, key: {} }, `key: ${oneWay}`),
  byWebhook(provided("a CA without a key: a schema does not know the type", { cert: { secret: "a" } })),
  byWebhook(backend("no CA, where it is to be provided", { type: "provided" })),
  byWebhook(provided("a CA that is no PEM", { cert: { inlineString: "x" }, key: { inline: "eA==" } })),
];
