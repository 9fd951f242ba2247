import { request } from "node:http";

export interface KubeletAnswer {
  readonly status: number;
  readonly body: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

export interface KubeletProbe {
  readonly port: number;
  readonly path: string;
  readonly host?: string;
  /** Names and values in turn, after those that the kubelet sends by itself. */
  readonly headers?: readonly string[];
  readonly method?: string;
  readonly localAddress?: string;
  readonly signal?: AbortSignal;
}

/** An HTTP probe as a kubelet makes it: a connection of its own, and its usual headers. */
export function probeAsKubelet({ port, path, host = "127.0.0.1", headers = [], method = "GET", localAddress, signal }: KubeletProbe): Promise<KubeletAnswer> {
  const own = headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === "host") ? [] : ["Host", `${host.includes(":") ? `[${host}]` : host}:${port}`];
  const all = [...own, "User-Agent", "kube-probe/1.36", "Accept", "*/*", ...headers, "Connection", "close"];
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, method, headers: all, agent: false, ...(localAddress === undefined ? {} : { localAddress }), ...(signal === undefined ? {} : { signal }) });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => { resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), rawHeaders: response.rawHeaders }); });
    });
    asked.end();
  });
}
