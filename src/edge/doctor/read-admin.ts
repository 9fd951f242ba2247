import { readFile, readdir } from "node:fs/promises";
import { request, type RequestOptions } from "node:http";
import path from "node:path";
import { readClusters, readConfigDump, readStats, type AdminFacts } from "../../core/doctor/admin-facts.ts";

/** A page of the admin interface could not be had, or is not what it should be. */
export class AdminUnreadable extends Error {}

/** What the admin interface at `http://host:port` or `unix:/path` says. @throws AdminUnreadable */
export async function askAdmin(address: string): Promise<AdminFacts> {
  const [clusters, stats, config] = await Promise.all(["/clusters?format=json", "/stats?usedonly", "/config_dump"].map((page) => ask(address, page)));
  return { clusters: understood(`${address}/clusters`, readClusters, clusters), stats: readStats(stats ?? ""), config: understood(`${address}/config_dump`, readConfigDump, config) };
}

/**
 * What saved pages in a folder say: files whose names begin with `clusters`, `stats` and `config_dump`; any of them may be missing.
 * @throws AdminUnreadable
 */
export async function readAdminFolder(folder: string): Promise<AdminFacts> {
  const names = await readdir(folder).catch((error: unknown) => { throw new AdminUnreadable(`${folder}: ${error instanceof Error ? error.message : String(error)}`); });
  const page = async (beginning: string): Promise<{ readonly place: string; readonly text: string } | undefined> => {
    const name = names.sort().find((each) => each.startsWith(beginning));
    return name === undefined ? undefined : { place: path.join(folder, name), text: await readFile(path.join(folder, name), "utf8") };
  };
  const [clusters, stats, config] = await Promise.all([page("clusters"), page("stats"), page("config_dump")]);
  if (clusters === undefined && stats === undefined && config === undefined) throw new AdminUnreadable(`${folder}: has no file that begins with clusters, stats or config_dump`);
  return {
    ...(clusters !== undefined && { clusters: understood(clusters.place, readClusters, clusters.text) }),
    ...(stats !== undefined && { stats: readStats(stats.text) }),
    ...(config !== undefined && { config: understood(config.place, readConfigDump, config.text) }),
  };
}

function understood<Facts>(place: string, read: (text: string) => Facts, text = ""): Facts {
  try {
    return read(text);
  } catch (error) {
    throw new AdminUnreadable(`${place}: is not JSON (\`/clusters?format=json\`): ${error instanceof Error ? error.message : String(error)}`);
  }
}

const patienceMs = 10_000;

async function ask(address: string, page: string): Promise<string> {
  const target = targetOf(address, page);
  return await new Promise((resolve, reject) => {
    const failed = (error: Error): void => reject(new AdminUnreadable(`${address}${page}: ${error.message}`));
    const asked = request({ ...target, timeout: patienceMs }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part)).on("error", failed).on("end", () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(parts).toString("utf8"));
        else failed(new Error(`answers ${answer.statusCode ?? 0}`));
      });
    });
    asked.on("error", failed).on("timeout", () => asked.destroy(new Error(`no answer in ${patienceMs / 1000} s`))).end();
  });
}

function targetOf(address: string, page: string): RequestOptions {
  if (address.startsWith("unix:")) return { socketPath: address.slice("unix:".length).replace(/^\/\//, ""), path: page };
  if (!URL.canParse(address)) throw new AdminUnreadable(`${address}: is no address of an admin interface; wanted is http://127.0.0.1:9901 or unix:/path`);
  const { hostname, port, pathname, search } = new URL(page, address);
  return { hostname: hostname.replace(/^\[(.*)\]$/, "$1"), port, path: `${pathname}${search}` };
}
