import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { readConnections } from "../../test/kit/connections.ts";
import { readUsage } from "../process-usage.ts";

/** What there is of the agent at one moment. */
export interface Holding {
  /** What its process has open: files, sockets. */
  readonly descriptors: number;
  /** What its event loop waits for. */
  readonly handles: number;
  /** Ports of its source address that are taken. */
  readonly ports: number;
  /** Those of them that only wait for their end. */
  readonly timeWaits: number;
  readonly rssMiB: number;
}

/**
 * A moment after the last probe: how a connection ends is known to the other end a little later.
 *
 * @param apps the ports that the agent asks: others of this machine may use its source address as well.
 */
export async function readHolding(agent: { readonly pid: number; readonly port: number }, apps: readonly number[]): Promise<Holding> {
  await pause(500);
  const handles = Number(await (await fetch(`http://127.0.0.1:${agent.port}/handles`, { headers: { connection: "close" } })).text());
  await pause(100);
  const ours = (await readConnections()).filter(({ address, toPort }) => address === "127.0.0.6" && apps.includes(toPort));
  return {
    descriptors: readdirSync(`/proc/${agent.pid}/fd`).length,
    handles,
    ports: ours.length,
    timeWaits: ours.filter(({ isTimeWait }) => isTimeWait).length,
    rssMiB: readUsage(agent.pid).rssMiB,
  };
}
