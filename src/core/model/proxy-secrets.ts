/**
 * Secret of a proxy's own bootstrap: the CAs that its machine trusts (a validation context). Where they are is a matter of the
 * machine's operating system, so only the proxy can say; Envoy refuses a cluster that needs the secret when it is not there.
 */
export const machineCaSecret = "machine_ca";
