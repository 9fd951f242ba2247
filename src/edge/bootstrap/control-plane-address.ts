import type { ControlPlaneAddress } from "../../core/bootstrap/address.ts";
import type { BootstrapRequest } from "../../core/bootstrap/bootstrap-request.ts";
import type { BootstrapContext } from "./context.ts";
import { BootstrapRefusal } from "./refusal.ts";

/**
 * Where the proxy shall connect: where its agent reached us, unless the operator says otherwise. Refuses a host that our certificate
 * does not name: Envoy would never get through.
 */
export function controlPlaneAddress(context: BootstrapContext, asked: BootstrapRequest, hostHeader: string | undefined): ControlPlaneAddress {
  const address = context.advertised ?? hostOf(hostHeader, context.port());
  const tls = context.tls?.();
  if (tls === undefined) return address;
  if (context.advertised === undefined && !isNamed(address.host, tls.names)) throw new BootstrapRefusal(400, mismatch(address.host, tls.names));
  return { ...address, caPem: asked.caCert === "" ? tls.caPem : asked.caCert };
}

function hostOf(header: string | undefined, port: number): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(header ?? "");
  if (match === null) throw new BootstrapRefusal(400, "the header Host does not name a host");
  return { host: match[1] ?? match[2] ?? "", port: match[3] === undefined ? port : Number(match[3]) };
}

function isNamed(host: string, names: readonly string[]): boolean {
  const wanted = host.toLowerCase();
  const parent = wanted.slice(wanted.indexOf(".") + 1);
  return names.some((name) => name.toLowerCase() === wanted || (wanted.includes(".") && name.toLowerCase() === `*.${parent}`));
}

function mismatch(host: string, names: readonly string[]): string {
  const listed = names.map((name) => JSON.stringify(name)).join(" ");
  return (
    `A data plane proxy is trying to connect to the control plane using ${JSON.stringify(host)} address, but the certificate in the ` +
    `control plane has the following SANs [${listed}]. Either change the --cp-address to one of those, or give the control plane a ` +
    "certificate with the address you are trying to use"
  );
}
