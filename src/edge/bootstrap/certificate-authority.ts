import "reflect-metadata";
import { BasicConstraintsExtension, X509Certificate } from "@peculiar/x509";
import { BootstrapRefusal } from "./refusal.ts";

/** Refuses a certificate with which a proxy could not verify anybody. One without basic constraints is taken, as Kuma takes it. */
export function requireCa(pem: string): void {
  const constraints = parse(pem).getExtension(BasicConstraintsExtension);
  if (constraints?.ca === false) throw new BootstrapRefusal(400, notCa);
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new BootstrapRefusal(400, "caCert: could not parse certificate from request");
  }
}

const notCa =
  "A data plane proxy is trying to verify the control plane using the certificate which is not a certificate authority " +
  "(basic constraint 'CA' is set to 'false').\nProvide the CA that signed the control plane's certificate by --ca-cert-file=file";
