import type { IdentityCertificate, TrustBundle } from "../model/mesh-tls-secrets.ts";
import type { SecretJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { identitySecretName, meshCaSecretName } from "./mesh-secrets.ts";

/** A proxy's certificate with its key, as Envoy's Secret. It has to stay between the control plane and that proxy. */
export function identitySecret(mesh: string, { certificateChain, privateKey }: IdentityCertificate): SecretJson {
  return {
    name: identitySecretName(mesh),
    tlsCertificate: { certificateChain: { inlineString: certificateChain }, privateKey: { inlineString: privateKey } },
  };
}

/** The CAs that are trusted in a mesh, as Envoy's Secret; whom of theirs to trust, each cluster and listener says. */
export function meshCaSecret(mesh: string, { certificates }: TrustBundle): SecretJson {
  return { name: meshCaSecretName(mesh), validationContext: { trustedCa: { inlineString: certificates } } };
}
