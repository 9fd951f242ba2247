/** Where a server listens. */
export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Reads `host:port`, an IPv6 address in brackets, nothing before the colon for all addresses; else says what is wrong. */
export function parseListenAddress(text: string): ListenAddress | { readonly error: string } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]*)):(\d+)$/.exec(text);
  if (match === null) return { error: `"${text}" is not an address; write host:port, as in 127.0.0.1:5681 or [::1]:5681` };
  const port = Number(match[3]);
  if (port > 65_535) return { error: `"${text}" has the port ${match[3] ?? ""}, and ports end at 65535` };
  return { host: match[1] ?? (match[2] === "" ? "::" : (match[2] ?? "")), port };
}

/** `host:port`, as `parseListenAddress` reads it. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True when only processes of this machine can connect. */
export function isLoopback({ host }: ListenAddress): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
