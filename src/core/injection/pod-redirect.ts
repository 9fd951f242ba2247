import { annotationNames } from "../kubernetes/annotation-names.ts";
import { saidIn, switchIn } from "../kubernetes/read-annotation.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import { joinRanges } from "../redirect/port-ranges.ts";
import type { RedirectFamilies } from "../redirect/settings.ts";
import type { AnnotationReader } from "./annotation-reader.ts";
import { allOr, readCidrs, readPorts, shown, wholeNumber, type ReadText } from "./read-text.ts";
import type { InjectedRedirect } from "./settings.ts";

/** What of a pod's connections goes to its sidecar, by its annotations. */
export function podRedirect(base: InjectedRedirect, { both, emptyToo, labelled, refuse }: AnnotationReader): InjectedRedirect {
  const port = wholeNumber(1, 65_535);
  const [excludeIn, excludeOut] = [both(readPorts, "excludeInboundPorts", "istioExcludeInboundPorts"), both(readPorts, "excludeOutboundPorts", "istioExcludeOutboundPorts")];
  const mode = labelled(readFamily, "ipFamilyMode");
  const redirect: InjectedRedirect = {
    inboundPort: labelled(port, "inboundPort") ?? base.inboundPort,
    outboundPort: labelled(port, "outboundPort") ?? base.outboundPort,
    includeInboundPorts: emptyToo(allOr(readPorts), "includeInboundPorts") ?? base.includeInboundPorts,
    excludeInboundPorts: joinRanges(excludeIn ?? base.excludeInboundPorts),
    includeOutboundCidrs: emptyToo(allOr(readCidrs), "includeOutboundIps") ?? base.includeOutboundCidrs,
    excludeOutboundCidrs: both(readCidrs, "excludeOutboundIps", "istioExcludeOutboundIps") ?? base.excludeOutboundCidrs,
    includeOutboundPorts: emptyToo(readPorts, "includeOutboundPorts") ?? base.includeOutboundPorts,
    excludeOutboundPorts: joinRanges(excludeOut ?? base.excludeOutboundPorts),
    ...(base.ipFamilyMode === undefined ? {} : { ipFamilyMode: base.ipFamilyMode }),
    ...(mode === undefined ? {} : { ipFamilyMode: mode }),
  };
  const { inboundPort, outboundPort } = redirect;
  if (inboundPort === outboundPort) refuse("outboundPort", `${outboundPort} is where connections to the pod go; those of the pod need another one`);
  return redirect;
}

/** Whether anything redirects the connections of a pod. */
export function isRedirected({ metadata }: PodTemplate, { raw, warn }: AnnotationReader): boolean {
  const own = switchIn(saidIn(metadata, annotationNames.transparentProxying));
  const mode = (raw("interceptionMode") ?? "").trim().toUpperCase();
  if (mode !== "" && mode !== "REDIRECT" && mode !== "NONE") warn("interceptionMode", `${shown(mode)} is not known here; connections are redirected as with REDIRECT`);
  return own ?? mode !== "NONE";
}

const families: Readonly<Record<string, RedirectFamilies>> = { ipv4: "IPv4", ipv6: "IPv6", dualstack: "DualStack" };

const readFamily: ReadText<RedirectFamilies> = (text) => {
  const name = text.trim().toLowerCase();
  const value = Object.hasOwn(families, name) ? families[name] : undefined;
  return value === undefined ? { problem: `must be ipv4, ipv6 or dualstack, and is ${shown(text)}` } : { value };
};
