import { isIP, isIPv6, Socket } from "node:net";

/** Makes connections to the pod itself, and to nothing else. */
export interface Dialer {
  /** The pod's address: what apps are called by, also those that listen elsewhere. */
  readonly host: string;
  /** A connection that is being made. */
  dial(port: number): Socket;
}

export interface DialerOptions {
  /** Empty: this machine. */
  readonly podIp: string;
  /** Where the app behind a port listens, if not at the pod's address. */
  readonly appAddressOf?: (port: number) => string | undefined;
  /** From where; absent: the system's choice. */
  readonly sourceAddress?: string;
}

/** The rules of redirection leave alone what comes from here, so that a probe never enters Envoy. The addresses are Istio's. */
const passingBy = { ipv4: "127.0.0.6", ipv6: "::6" } as const;

/** From where a pod's probes are made: by the family of its address. */
export function sourceAddressFor(podIp: string): string {
  return isIPv6(hostOf(podIp)) ? passingBy.ipv6 : passingBy.ipv4;
}

/** What is dialled; some write an address of IPv6 in brackets. */
function hostOf(podIp: string): string {
  return podIp === "" ? "127.0.0.1" : podIp.replace(/^\[(.*)\]$/, "$1");
}

/** Whether Envoy or the agent asks from there in somebody else's name. */
export function isPassedOn(address: string): boolean {
  return address === passingBy.ipv4 || address === passingBy.ipv6;
}

export function createDialer({ podIp, sourceAddress, appAddressOf }: DialerOptions): Dialer {
  const host = hostOf(podIp);
  return {
    host,
    dial(port) {
      const socket = new PassingSocket();
      socket.setNoDelay(true);
      // Whoever uses it listens too; but it may fail once nobody does any more.
      socket.on("error", () => undefined);
      const at = appAddressOf?.(port) ?? host;
      // An address of the other family is none that can be dialled from there; on localhost nothing is redirected.
      const from = sourceAddress !== undefined && isIP(at) === isIP(sourceAddress) ? { localAddress: sourceAddress } : {};
      return socket.connect({ host: at, port, autoSelectFamily: false, ...from });
    },
  };
}

/**
 * A connection of which nothing is left once it is destroyed. One that is closed politely keeps its port for a minute where it was closed
 * first, and all probes come from one address: they would run out of ports. So it is reset: all that was wanted has been read.
 */
class PassingSocket extends Socket {
  #isReset = false;

  override destroy(error?: Error): this {
    if (error === undefined && !this.#isReset && this.#canBeReset()) {
      this.#isReset = true;
      return this.resetAndDestroy();
    }
    return super.destroy(error);
  }

  /** One that is not there yet leaves nothing. One that is just being ended must not be reset: Node would never let go of it. */
  #canBeReset(): boolean {
    return !this.destroyed && !this.connecting && !this.pending && this.writableEnded === this.writableFinished;
  }
}
