/**
 * Name of the secret (TLS certificate) by which a proxy of the mesh shows who it is, as Kuma names it. Each proxy has its own behind
 * this name: so clusters and listeners that refer to it are the same for all of them.
 */
export function identitySecretName(mesh: string): string {
  return `identity_cert:secret:${mesh}`;
}

/** Name of the secret (validation context) with all CAs that are trusted in the mesh at present, as Kuma names it. */
export function meshCaSecretName(mesh: string): string {
  return `mesh_ca:secret:${mesh}`;
}
