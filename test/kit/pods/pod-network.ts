import { Namespace, Pod } from "./pod.ts";

/** Pods on one machine: each reaches the others' addresses, and `node`, which stands for the machine and for the world outside the mesh. */
export interface PodNetwork {
  readonly node: Pod;
  readonly pods: readonly Pod[];
  close(): Promise<void>;
}

/** Makes one in network namespaces of its own; the machine's own network is left alone. @throws Error where that is not allowed. */
export async function startPodNetwork(...names: readonly string[]): Promise<PodNetwork> {
  const space = await Namespace.make();
  await space.shell([
    "ip link set lo up",
    "ip link add br0 type bridge",
    "ip link set br0 up",
    "ip addr add 10.213.0.1/24 dev br0",
    "ip -6 addr add fd00:213::1/64 dev br0 nodad",
  ]);
  const pods = await Promise.all(names.map((name, i) => addPod(space, name, i + 2)));
  const node = new Pod("node", space, addressesOf(1));
  return {
    node, pods,
    close: async () => {
      await Promise.all(pods.map((pod) => pod.close()));
      await node.close();
    },
  };
}

function addressesOf(n: number): { readonly ipv4: string; readonly ipv6: string } {
  return { ipv4: `10.213.0.${String(n)}`, ipv6: `fd00:213::${n.toString(16)}` };
}

async function addPod(node: Namespace, name: string, n: number): Promise<Pod> {
  const space = await Namespace.make();
  const { ipv4, ipv6 } = addressesOf(n);
  await node.shell([
    `ip link add veth${String(n)} type veth peer name eth0 netns ${String(space.pid)}`,
    `ip link set veth${String(n)} master br0`,
    `ip link set veth${String(n)} up`,
  ]);
  await space.shell([
    "ip link set lo up",
    `ip addr add ${ipv4}/24 dev eth0`,
    `ip -6 addr add ${ipv6}/64 dev eth0 nodad`,
    "ip link set eth0 up",
    "ip route add default via 10.213.0.1",
    "ip -6 route add default via fd00:213::1",
  ]);
  return new Pod(name, space, { ipv4, ipv6 });
}
