import type { ContainerSpec, HandlerSpec } from "./pod-spec.ts";
import type { HandlerWord } from "./probe-path.ts";

/** A place of a container where a probe or a hook can stand. */
export interface ProbeSlot {
  readonly word: HandlerWord;
  /** Kubernetes knows no timeout of a hook. */
  readonly isHook: boolean;
  /** As its author knows it. */
  readonly title: string;
  read(container: ContainerSpec): HandlerSpec | undefined;
  /** The container with another probe or hook there. */
  write(container: ContainerSpec, handler: HandlerSpec): ContainerSpec;
}

function probeSlot(word: HandlerWord, member: "readinessProbe" | "livenessProbe" | "startupProbe"): ProbeSlot {
  return {
    word,
    isHook: false,
    title: member,
    read: (container) => container[member],
    write: (container, probe) => ({ ...container, [member]: probe }),
  };
}

function hookSlot(word: HandlerWord, member: "postStart" | "preStop"): ProbeSlot {
  return {
    word,
    isHook: true,
    title: `lifecycle.${member}`,
    read: (container) => container.lifecycle?.[member],
    write: (container, hook) => ({ ...container, lifecycle: { ...container.lifecycle, [member]: hook } }),
  };
}

/** All of them, in the order in which a container lives through them. */
export const probeSlots: readonly ProbeSlot[] = [
  hookSlot("poststartz", "postStart"),
  probeSlot("startupz", "startupProbe"),
  probeSlot("readyz", "readinessProbe"),
  probeSlot("livez", "livenessProbe"),
  hookSlot("prestopz", "preStop"),
];
