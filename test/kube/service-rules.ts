import type { RuleCase } from "./rule-case.ts";

function service(name: string, spec: unknown, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshService", name, spec, refused: refused.map((text) => `spec.${text}`) };
}

function external(name: string, spec: Readonly<Record<string, unknown>>, ...refused: readonly string[]): RuleCase {
  return { kind: "MeshExternalService", name, spec: { match: { port: 80 }, ...spec }, refused: refused.map((text) => `spec.${text}`) };
}

function verified(name: string, verification: unknown, ...refused: readonly string[]): RuleCase {
  return external(name, { tls: { enabled: true, verification } }, ...refused.map((text) => `tls.verification${text}`));
}

const badPort = "port must be in the range [1, 65535]";
const badIp = "must be an IP address, and not 0.0.0.0 or ::";

/** What services may and may not say. */
export const serviceRules: readonly RuleCase[] = [
  service("nothing", {}),
  service("everything", {
    state: "Available", selector: { dataplaneTags: { a: "b" } }, identities: [{ type: "ServiceTag", value: "a" }],
    ports: [{ name: "http", port: 80, targetPort: 8080, appProtocol: "http" }, { port: 65535, targetPort: "named" }, { port: 7, targetPort: 0 }], vips: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }],
  }),
  service("two selectors", { selector: { dataplaneTags: { a: "b" }, dataplaneRef: { name: "a" } } }, "selector: must have at most one defined: dataplaneTags, dataplaneLabels, dataplaneRef"),
  service("a port without a number", { ports: [{ name: "http" }] }, "ports[0].port: Required value"),
  service("ports out of range", { ports: [{ port: 0 }, { port: 65536, targetPort: 70000 }] }, `ports[0].port: ${badPort}`, `ports[1].port: ${badPort}`, `ports[1].targetPort: ${badPort}`),
  service("a port twice", { ports: [{ port: 80, name: "a" }, { port: 80, name: "b" }] }, 'ports[1]: Duplicate value: {"port":80}'),
  service("a name twice", { ports: [{ port: 80, name: "a" }, { port: 81, name: "a" }] }, "ports: names must differ"),
  { ...service("a name that is another port's number", { ports: [{ port: 80 }, { port: 81, name: "80" }] }), webhookRefuses: true },
  service("addresses that are none", { vips: [{ ip: "backend" }, { ip: "0.0.0.0" }, { ip: "::" }, { ip: "010.1.1.1" }] }, ...[0, 1, 2, 3].map((i) => `vips[${i}].ip: ${badIp}`)),
  service("an address twice", { vips: [{ ip: "10.0.0.1" }, { ip: "10.0.0.1" }] }, 'vips[1]: Duplicate value: {"ip":"10.0.0.1"}'),
  service("an unknown state", { state: "Gone" }, 'state: Unsupported value: "Gone": supported values: "Available", "Unavailable"'),
  external("the least", {}),
  { kind: "MeshExternalService", name: "no match", spec: {}, refused: ["spec.match: Required value"] },
  { kind: "MeshExternalService", name: "a port of 0", spec: { match: { port: 0 } }, refused: ["spec.match.port: should be greater than or equal to 1"] },
  external("endpoints", { endpoints: [{ address: "example.com", port: 1 }, { address: "10.0.0.1", port: 65535, priority: 128 }, { address: "fd00::1", port: 2 }, { address: "a_b.c.", port: 3 }] }),
  external(
    "addresses that are none",
    { endpoints: [{ address: "1.2.3", port: 1 }, { address: "-a", port: 1 }, { address: "unix:///tmp/a", port: 1 }] },
    "endpoints[0].address: address has to be a valid IP or hostname",
    "endpoints[1].address: address has to be a valid IP or hostname",
    "endpoints[2].address: address has to be a valid IP or hostname: unix sockets are not supported",
  ),
  external("extensions", { extension: { type: "x" } }, "extension: must not be set: extensions are not supported"),
  external("versions", { tls: { version: { min: "TLS12", max: "TLS12" } } }),
  external("a lowest version that is not known", { tls: { version: { min: "TLS14", max: "TLS12" } } }, 'tls.version.min: Unsupported value: "TLS14": supported values: "TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"'),
  external("versions the wrong way round", { tls: { version: { min: "TLS13", max: "TLS11" } } }, "tls.version.min: min version must be lower than max"),
  verified("a server name", { serverName: "example.com", subjectAltNames: [{ value: "spiffe://a/b" }] }),
  verified("a server name that is none", { serverName: "10.0.0.1" }, ".serverName: must be a valid DNS name"),
  verified("an empty name", { subjectAltNames: [{ value: "a" }, { value: "" }] }, ".subjectAltNames[1].value: must not be empty"),
  { ...verified("a certificate alone", { clientCert: { inlineString: "x" } }, ".clientKey: must be defined when clientCert is defined"), webhookRefuses: true },
  { ...verified("a key alone", { clientKey: { inlineString: "x" } }, ".clientCert: must be defined when clientKey is defined"), webhookRefuses: true },
  { ...verified("a CA that is no PEM: it takes code to see that", { caCert: { inlineString: "x" } }), webhookRefuses: true },
  verified("a source with nothing", { caCert: {} }, ".caCert: must have at least one defined: inline, inlineString, type"),
  verified("a source with both", { caCert: { inline: "YQ==", inlineString: "a" } }, ".caCert: must have exactly one defined: inline, inlineString"),
  verified("a source with a type and a legacy field", { caCert: { type: "InsecureInline", inline: "YQ==" } }, ".caCert: secret, inline and inlineString cannot be combined with type"),
  verified("a source with a Secret", { caCert: { secret: "a" } }, ".caCert.secret: is not supported: Secrets are not sent to proxies yet; use inline or inlineString"),
  verified("a source of type Secret", { caCert: { type: "Secret" } }, ".caCert.type: Secret is not supported: Secrets are not sent to proxies yet; use inline or inlineString"),
  verified("a source of type File", { caCert: { type: "File" } }, ".caCert.type: File must be one of: Secret, InsecureInline"),
  verified("a source of type InsecureInline without it", { caCert: { type: "InsecureInline" } }, ".caCert.insecureInline: must be defined"),
  { kind: "Mesh", name: "nothing", spec: undefined, refused: [] },
  { kind: "Mesh", name: "what is kept", spec: { mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] }, routing: { zoneEgress: true } }, refused: [] },
  { kind: "Mesh", name: "a wrong type", spec: { mtls: "on" }, refused: ['spec.mtls: must be of type object: "string"'] },
];
