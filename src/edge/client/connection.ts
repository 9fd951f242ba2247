/** How the API of a control plane is reached. */
export interface ApiConnection {
  /** `http://host:port` or `https://host:port`, perhaps with a path before those of the API; no slash at the end. */
  readonly address: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** PEM: certificates that the server's has to come from. Absent: those that this machine trusts. */
  readonly caCert?: string;
  /** Milliseconds for one request, from the start of connecting to the end of the answer. */
  readonly timeoutMs: number;
}

/** Default of `ApiConnection.timeoutMs`. */
export const defaultTimeoutMs = 30_000;

/** Where a control plane on this machine listens unless told otherwise. */
export const defaultAddress = "http://127.0.0.1:5681";

/** The address in the form that the client wants; or what is wrong with it. */
export function parseAddress(text: string): { readonly address: string } | { readonly error: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    return { error: `${JSON.stringify(text)} is not an address; write http://host:port or https://host:port` };
  }
  if (url.username !== "" || url.password !== "") return { error: `${url.host}: an address has no user and no password in it; use a token` };
  if (url.search !== "" || url.hash !== "") return { error: `${JSON.stringify(text)}: an address ends before ? and #` };
  return { address: `${url.origin}${url.pathname.replace(/\/+$/, "")}` };
}

/** True when what is sent can be read on the way: no TLS, and not on this machine. */
export function isPlainOffMachine(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !(hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname));
}
