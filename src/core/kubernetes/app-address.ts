import { isPort } from "../model/valid-address.ts";

/** Where the app behind a port is called; undefined: at the pod's own address. */
export type AppAddresses = (port: number) => string | undefined;

export type ParsedAppAddresses = { readonly ok: true; readonly addressOf: AppAddresses } | { readonly ok: false; readonly problem: string };

const loopback: ReadonlyMap<string, string> = new Map([["127.0.0.1", "127.0.0.1"], ["localhost", "127.0.0.1"], ["::1", "::1"]]);

/**
 * Reads what says that an app listens on localhost: `127.0.0.1` or `::1` for every port, `8080=127.0.0.1` for one; several with commas
 * between, of which one for a port counts more. The empty text says nothing.
 */
export function parseAppAddresses(text: string): ParsedAppAddresses {
  const byPort = new Map<number, string>();
  let general: string | undefined;
  for (const entry of text.split(",").map((each) => each.trim()).filter((each) => each !== "")) {
    const [, portText, addressText = ""] = /^(?:(\d{1,5})=)?(.*)$/.exec(entry) ?? [];
    const address = loopback.get(addressText.trim().toLowerCase());
    if (address === undefined || (portText !== undefined && !isPort(Number(portText)))) {
      return { ok: false, problem: `must be 127.0.0.1 or ::1, for all ports, or for some as in 8080=127.0.0.1, and has ${JSON.stringify(entry.slice(0, 80))}` };
    }
    if (portText === undefined) general = address;
    else byPort.set(Number(portText), address);
  }
  return { ok: true, addressOf: (port) => byPort.get(port) ?? general };
}
