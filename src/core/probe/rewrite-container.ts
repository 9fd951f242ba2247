import { asString } from "../base/json.ts";
import { withoutMembers } from "../base/without-members.ts";
import { startsBefore, type ContainerPlace } from "./find-sidecar.ts";
import type { ContainerSpec, HandlerSpec, PodTemplate } from "./pod-spec.ts";
import { probePath, probePathPrefixes, requestPath } from "./probe-path.ts";
import { probeSlots, type ProbeSlot } from "./probe-slots.ts";
import type { Prober } from "./prober.ts";
import { rewriteHandler } from "./rewrite-handler.ts";

/** What all containers of one pod have in common while they are rewritten. */
export interface PodRewriting {
  readonly pod: PodTemplate;
  readonly sidecarName: string;
  readonly sidecar: ContainerPlace;
  readonly statusPort: number;
  /** What the sidecar has been handed already. */
  readonly known: ReadonlyMap<string, Prober>;
  /** Found on the way: what it is to be handed besides. */
  readonly found: Map<string, Prober>;
  readonly warnings: string[];
  /** Names of the containers that were looked at. */
  readonly seen: Set<string>;
}

/** The container with its probes and hooks pointed at the agent; the very container when there is nothing to be done. */
export function rewriteContainer(container: ContainerSpec, place: ContainerPlace, rewriting: PodRewriting): ContainerSpec {
  const slots = probeSlots.filter((slot) => isAsked(slot.read(container)));
  const { warnings, seen } = rewriting;
  const reason = slots.length === 0 ? undefined : unfitName(container.name, seen);
  seen.add(container.name);
  if (reason === undefined) return slots.reduce((rewritten, slot) => rewriteSlot(rewritten, slot, place, rewriting), container);
  for (const { title } of slots) warnings.push(`${about(container, title)} is left as it is: ${reason}`);
  return container;
}

function isAsked(handler: HandlerSpec | undefined): boolean {
  return handler !== undefined && (handler.httpGet !== undefined || handler.tcpSocket !== undefined || handler.grpc !== undefined || isEmpty(handler));
}

function isEmpty({ exec, sleep }: HandlerSpec): boolean {
  return exec === undefined && sleep === undefined;
}

/** Why no path of the agent can tell this container from others. The API server lets none of these names through. */
function unfitName(name: string, seen: ReadonlySet<string>): string | undefined {
  if (seen.has(name)) return "another container has the same name";
  return name === "" || name === "." || name === ".." || name.includes("/") ? "no container may be named so" : undefined;
}

function rewriteSlot(container: ContainerSpec, slot: ProbeSlot, place: ContainerPlace, rewriting: PodRewriting): ContainerSpec {
  const { pod, statusPort, known, found, warnings } = rewriting;
  const handler = slot.read(container);
  if (handler === undefined) return container;
  const key = probePath(container.name, slot.word);
  const path = requestPath(key);
  if (known.has(key) && handler.httpGet?.path === path) return withPort(container, slot, handler, statusPort);
  const rewritten = rewriteHandler(handler, { pod, container, requestPath: path, statusPort });
  switch (rewritten.outcome) {
    case "untouched":
      return container;
    case "at-agent":
      warnings.push(...unknownAtAgent(container, slot, handler, known));
      return container;
    case "left":
      warnings.push(`${about(container, slot.title)} is left as it is: ${rewritten.reason}`);
      return container;
    case "rewritten":
      found.set(key, slot.isHook ? withoutMembers(rewritten.prober, "timeoutSeconds") : rewritten.prober);
      warnings.push(...tooEarly(container, slot, place, rewriting));
      return slot.write(container, rewritten.handler);
  }
}

/** Rewritten at an earlier time, when the agent may have had another port. */
function withPort(container: ContainerSpec, slot: ProbeSlot, handler: HandlerSpec, port: number): ContainerSpec {
  return handler.httpGet?.port === port ? container : slot.write(container, { ...handler, httpGet: { ...handler.httpGet, port } });
}

/** Something that nobody but another injector can have written, and that nobody will answer. */
function unknownAtAgent(container: ContainerSpec, { title }: ProbeSlot, { httpGet }: HandlerSpec, known: ReadonlyMap<string, Prober>): string[] {
  const path = asString(httpGet?.path) ?? "";
  if (!probePathPrefixes.some((prefix) => path.startsWith(prefix)) || known.has(path)) return [];
  return [`${about(container, title)} asks the agent for ${path}, and the agent knows nothing of it: the probe will fail`];
}

/** The kubelet waits for these two before it starts what comes next. */
function tooEarly(container: ContainerSpec, { word, title }: ProbeSlot, place: ContainerPlace, { sidecar, sidecarName }: PodRewriting): string[] {
  const isWaitedFor = word === "poststartz" || (word === "startupz" && place.list === "initContainers");
  if (!isWaitedFor || !startsBefore(place, sidecar)) return [];
  return [`${about(container, title)} is waited for before container ${JSON.stringify(sidecarName)} starts, which answers it: the container has to come after that`];
}

function about({ name }: ContainerSpec, title: string): string {
  return `container ${JSON.stringify(name)}: ${title}`;
}
