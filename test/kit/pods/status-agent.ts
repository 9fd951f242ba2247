import { parseAppAddresses } from "../../../src/core/kubernetes/app-address.ts";
import { decodeProbers } from "../../../src/core/probe/probers-text.ts";
import { findSourceAddress } from "../../../src/edge/agent/probes/find-source-address.ts";
import { createStatusServer } from "../../../src/edge/agent/status-server.ts";
import { silentLog } from "../silent-log.ts";

/**
 * The agent's server on the status port, in a pod beside an Envoy that was configured by hand: what it needs to know it has from the
 * variables that the injector gives to the sidecar. Ends with its parent.
 */
const { ISTIO_KUBE_APP_PROBERS: text = "", INSTANCE_IP: podIp = "", PROBEPLANE_APP_ADDRESS: appAddress = "" } = process.env;
const decoded = decodeProbers(text);
if (!decoded.ok) throw new Error(decoded.problems.join("\n"));
const parsed = parseAppAddresses(appAddress);
if (!parsed.ok) throw new Error(parsed.problem);
const sourceAddress = await findSourceAddress(podIp, silentLog);
const server = createStatusServer({ probers: decoded.probers, podIp, appAddressOf: parsed.addressOf, logger: silentLog, ...(sourceAddress === undefined ? {} : { sourceAddress }) });
process.on("disconnect", () => process.exit(0));
await server.listen({ port: 15_020 });
process.send?.("listening");
