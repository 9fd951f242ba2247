import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { endWithUs } from "../children.ts";
import { Output } from "../output.ts";
import type { Namespace } from "../pods/pod.ts";
import { environmentOf, expand } from "./environment.ts";
import type { Container, PodObject, SecurityContext } from "./pod-object.ts";

/** What stands for a container image on this machine. */
export interface Image {
  /** What the image runs, in front of a container's `args`. */
  readonly entrypoint: readonly string[];
  /** Folders that programs are looked up in. */
  readonly path: string;
}

/** In what a container is run. */
export interface Sandbox {
  readonly pod: PodObject;
  readonly ips: readonly string[];
  readonly network: Namespace;
  /** Puts folders of ours in place of paths of a container. */
  readonly place: (container: Container) => (text: string) => string;
  readonly imageOf: (container: Container) => Image;
}

/**
 * A process of a container, in the pod's network, with the container's variables, user and capabilities. It has a process namespace of its own:
 * with the process that we see ends everything that was started inside, also when it is killed.
 */
export class ContainerProcess {
  readonly output: Output;
  readonly child: ChildProcess;
  readonly ended: Promise<number>;

  /** @param entrypoint paths of this machine, in front of the words, whose paths are the container's. */
  constructor(container: Container, words: readonly string[], sandbox: Sandbox, entrypoint: readonly string[] = []) {
    const { pod, ips, network, place, imageOf } = sandbox;
    const placed = place(container);
    const own = Object.fromEntries(Object.entries(environmentOf(container, pod, ips)).map(([name, value]) => [name, placed(value)]));
    const env = { PATH: imageOf(container).path, HOME: placed("/tmp"), TMPDIR: placed("/tmp"), ...own };
    const user = asUser({ ...pod.spec.securityContext, ...container.securityContext });
    const [program = "", ...args] = [...network.enter, "unshare", "--pid", "--fork", "--kill-child", ...user, "env", "-i", ...assignments(env), ...entrypoint, ...words.map(placed)];
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], cwd: "/" });
    endWithUs(this.child);
    this.output = new Output(this.child);
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code) => { resolve(code ?? 128); });
    });
  }
}

/** Starts what the container is there for. */
export function startContainer(container: Container, sandbox: Sandbox): ContainerProcess {
  const variables = environmentOf(container, sandbox.pod, sandbox.ips);
  const command = (container.command ?? []).map((word) => expand(word, variables));
  const args = (container.args ?? []).map((word) => expand(word, variables));
  return new ContainerProcess(container, [...command, ...args], sandbox, command.length > 0 ? [] : sandbox.imageOf(container).entrypoint);
}

function assignments(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

/** Whether every user of this machine may read this checkout and its Node.js: an image may be read by whoever runs in it. */
const isOpen = [...pathsTo(root), ...pathsTo(process.execPath)].every((folder) => (statSync(folder).mode & 0o005) === 0o005);

function pathsTo(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [...pathsTo(parent), folder];
}

/** Root keeps nothing but what the container adds, where it drops all; everybody else has no capability anyway. */
function asUser({ runAsUser = 0, runAsGroup = runAsUser, capabilities, allowPrivilegeEscalation }: SecurityContext): readonly string[] {
  const dropsAll = capabilities?.drop?.includes("ALL") === true;
  const reads = isOpen || runAsUser === 0 ? [] : ["+dac_read_search"];
  const kept = ["-all", ...(capabilities?.add ?? []).map((name) => `+${name.toLowerCase()}`), ...reads].join(",");
  return [
    // A change of user would have it forget with whom it ends.
    "setpriv", "--pdeathsig", "KILL", "--reuid", String(runAsUser), "--regid", String(runAsGroup), "--clear-groups",
    ...(dropsAll ? ["--bounding-set", kept] : []), ...reads.flatMap((name) => ["--inh-caps", name, "--ambient-caps", name]), ...(allowPrivilegeEscalation === false ? ["--no-new-privs"] : []),
  ];
}
