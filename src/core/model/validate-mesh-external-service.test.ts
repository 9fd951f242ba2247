import assert from "node:assert/strict";
import { checkSchema } from "../base/check-schema.ts";
import { meshExternalServiceKind } from "./mesh-external-service-kind.ts";

/** A DER sequence of nothing, which has the form of a certificate; what is inside is Envoy's to judge. */
const pem = (label: string): string => `-----BEGIN ${label}-----\nMAA=\n-----END ${label}-----\n`;
const certificate = pem("CERTIFICATE");
const key = pem("PRIVATE KEY");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function problems(spec: unknown): string[] {
  const found = [...checkSchema(meshExternalServiceKind.specSchema, spec), ...meshExternalServiceKind.validate(spec)];
  return found.map(({ path, message }) => `${path}: ${message}`);
}

function verification(fields: unknown): string[] {
  return problems({ match: { port: 443 }, tls: { enabled: true, verification: fields } });
}

describe("MeshExternalService", () => {
  it("may be as little as a port, and as much as everything", () => {
    assert.deepEqual(problems({ match: { port: 80 } }), []);
    assert.deepEqual(problems({
      match: { type: "HostnameGenerator", port: 443, protocol: "http" },
      endpoints: [{ address: "1.1.1.1", port: 12345 }, { address: "2001:db8::1", port: 443, priority: 1 }, { address: "example.com", port: 443 }],
      tls: {
        enabled: true,
        version: { min: "TLS12", max: "TLS13" },
        allowRenegotiation: false,
        verification: {
          mode: "Secured",
          serverName: "example.com",
          subjectAltNames: [{ type: "Exact", value: "example.com" }, { type: "Prefix", value: "spiffe://example.local/ns/local" }],
          caCert: { inlineString: certificate + certificate },
          clientCert: { inline: base64(certificate) },
          clientKey: { type: "InsecureInline", insecureInline: { value: pem("EC PRIVATE KEY") } },
        },
      },
    }), []);
  });

  it("tells all that is wrong at once", () => {
    assert.deepEqual(problems({
      match: { type: "Other", port: 0, protocol: "kafka" },
      endpoints: [{ address: "1.1.1.1" }, { address: "1.1.1.2", port: 999999 }, { address: "", port: 1 }, { address: "unix:///tmp/a.sock", port: 1 }, { address: "a b", port: 1 }],
      tls: { version: { min: "TLS15" }, verification: { mode: "Unknown", serverName: "not[]valid", subjectAltNames: [{ type: "Regex", value: "" }], clientCert: { inlineString: certificate } } },
      extension: { type: "Lambda" },
    }), [
      "match.type: in body should be one of [HostnameGenerator]",
      "match.port: in body should be greater than or equal to 1",
      "match.protocol: in body should be one of [tcp grpc http http2]",
      "endpoints[0].port: in body is required",
      "endpoints[1].port: in body should be less than or equal to 65535",
      "endpoints[2].address: in body should be at least 1 chars long",
      "tls.version.min: in body should be one of [TLSAuto TLS10 TLS11 TLS12 TLS13]",
      "tls.verification.mode: in body should be one of [SkipSAN SkipCA Secured SkipAll]",
      "tls.verification.subjectAltNames[0].type: in body should be one of [Exact Prefix]",
      "endpoints[2].address: address has to be a valid IP or hostname",
      "endpoints[3].address: address has to be a valid IP or hostname: unix sockets are not supported",
      "endpoints[4].address: address has to be a valid IP or hostname",
      "tls.verification.serverName: must be a valid DNS name",
      "tls.verification.subjectAltNames[0].value: must not be empty",
      "tls.verification.clientKey: must be defined when clientCert is defined",
      "extension: must not be set: extensions are not supported",
    ]);
  });

  it("has versions in order", () => {
    const versions = (min: string, max: string) => problems({ match: { port: 1 }, tls: { version: { min, max } } });
    assert.deepEqual(versions("TLS13", "TLS12"), ["tls.version.min: min version must be lower than max"]);
    for (const [min, max] of [["TLS12", "TLS12"], ["TLSAuto", "TLS10"], ["TLS13", "TLSAuto"]] as const) assert.deepEqual(versions(min, max), []);
  });

  it("takes certificates and keys that are PEM, each in one way", () => {
    const cases: readonly (readonly [source: unknown, problem: string])[] = [
      [{ inlineString: "test" }, ": must be certificates in PEM"],
      [{ inline: certificate }, ": must be certificates in PEM, in Base64"],
      [{ inlineString: key }, ": must be certificates in PEM"],
      [{ inlineString: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, ": must be certificates in PEM"],
      [{}, ": must have at least one defined: inline, inlineString, type"],
      [{ inline: base64(certificate), inlineString: certificate }, ": must have exactly one defined: inline, inlineString"],
      [{ inlineString: certificate, type: "InsecureInline" }, ": secret, inline and inlineString cannot be combined with type"],
      [{ secret: "ca" }, ".secret: is not supported: Secrets are not sent to proxies yet; use inline or inlineString"],
      [{ type: "Secret", secretRef: { kind: "Secret", name: "ca" } }, ".type: Secret is not supported: Secrets are not sent to proxies yet; use inline or inlineString"],
      [{ type: "File" }, ".type: File must be one of: Secret, InsecureInline"],
      [{ type: "InsecureInline" }, ".insecureInline: must be defined"],
    ];
    for (const [caCert, problem] of cases) assert.deepEqual(verification({ caCert }), [`tls.verification.caCert${problem}`]);
    const clientCert = { inlineString: certificate };
    assert.deepEqual(verification({ clientCert, clientKey: { inlineString: certificate } }), ["tls.verification.clientKey: must be an unencrypted private key in PEM"]);
    assert.deepEqual(verification({ clientKey: { inlineString: key } }), ["tls.verification.clientCert: must be defined when clientKey is defined"]);
  });

  it("leaves what has a wrong type to the schema", () => {
    for (const caCert of [1, { inline: 1 }, { inlineString: {} }, { type: "InsecureInline", insecureInline: { value: 1 } }]) {
      assert.equal(verification({ caCert }).length, 1, JSON.stringify(caCert));
    }
    for (const tls of [1, { version: 1 }, { verification: [] }]) assert.equal(problems({ match: { port: 1 }, tls }).length, 1, JSON.stringify(tls));
  });
});
