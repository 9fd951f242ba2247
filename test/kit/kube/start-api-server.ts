import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "mocha";
import { KubeUnavailable, kubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { freePort } from "../ports.ts";
import { scratchFolder } from "../scratch-folder.ts";
import { skipBecause } from "../skip.ts";
import type { ApiServer, ApiServerOptions } from "./api-server.ts";
import { ApiServerProcess } from "./api-server-process.ts";
import { issuer } from "./service-account-token.ts";

let shared: Promise<ApiServer> | undefined;

/** The API server that all tests of this process share, in namespaces of their own. Skips, with the reason, where there is none. */
export async function sharedApiServer(context: Context): Promise<ApiServer> {
  shared ??= startApiServer();
  return await orSkip(context, shared);
}

/** One of the test's own, to be killed and started or given flags; the test stops it. Skips where there is none. */
export async function ownApiServer(context: Context, options: ApiServerOptions = {}): Promise<ApiServer> {
  return await orSkip(context, startApiServer(options));
}

async function orSkip<T>(context: Context, starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (error instanceof KubeUnavailable) return skipBecause(context, error.message);
    throw error;
  }
}

/**
 * Starts one and resolves when it is ready.
 *
 * @throws KubeUnavailable where neither the binary nor Go is there.
 */
export async function startApiServer({ flags = [] }: ApiServerOptions = {}): Promise<ApiServer> {
  const binaries = await kubeBinaries({ log: (line) => { console.log(line); } });
  const folder = await scratchFolder("apiserver");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = path.join(folder, "accounts.key");
  const pub = path.join(folder, "accounts.pub");
  await writeFile(key, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  await writeFile(pub, publicKey.export({ type: "spki", format: "pem" }));
  const tokens = path.join(folder, "tokens.csv");
  await writeFile(tokens, 'admin-token,admin,admin,"system:masters"\nnobody-token,nobody,nobody\n', { mode: 0o600 });
  const port = await freePort();
  const all = new Map(Object.entries({
    "--secure-port": String(port), "--bind-address": "127.0.0.1", "--cert-dir": path.join(folder, "certs"), "--token-auth-file": tokens, "--authorization-mode": "RBAC",
    "--service-account-issuer": issuer, "--service-account-signing-key-file": key, "--service-account-key-file": pub,
    // Both families: a Service can ask for either or both.
    "--service-cluster-ip-range": "10.96.0.0/16,fd00:10:96::/112",
    // Nobody makes the ServiceAccount that it would ask for.
    "--disable-admission-plugins": "ServiceAccount",
    "--endpoint-reconciler-type": "none", "--profiling": "false", "--allow-privileged": "true",
  }));
  for (const flag of flags) all.set(flag.split("=")[0] ?? flag, flag.slice(flag.indexOf("=") + 1));
  const args = [path.join(folder, "etcd"), ...[...all].map(([name, value]) => `${name}=${value}`)];
  const server = new ApiServerProcess({ binaries, args, folder, port, signingKey: privateKey });
  await server.start();
  return server;
}
