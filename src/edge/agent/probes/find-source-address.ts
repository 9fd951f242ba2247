import { createServer } from "node:net";
import type { AgentLog } from "../log.ts";
import { sourceAddressFor } from "./dialer.ts";

/**
 * From where the agent asks the apps of this pod: 127.0.0.6, or ::6 where the pod's address is one of IPv6. Undefined where the machine
 * does not have that address: the rules of redirection, which give it to the pod, are not there then, and nothing has to get around them.
 */
export async function findSourceAddress(podIp: string, logger: AgentLog): Promise<string | undefined> {
  const address = sourceAddressFor(podIp);
  const problem = await bindingProblem(address);
  if (problem === undefined) return address;
  logger.warn({ address, err: problem }, "this machine lacks the address from which apps are asked: they are asked from another one");
  return undefined;
}

function bindingProblem(host: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port: 0 }, () => server.close(() => resolve(undefined)));
  });
}
