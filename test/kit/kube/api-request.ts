import { Agent, request } from "node:https";
import type { ApiAnswer, RequestOptions } from "./api-server.ts";

/** What talks to one API server over connections that stay open. */
export interface Caller {
  readonly call: (method: string, path: string, token: string, options?: Omit<RequestOptions, "token">) => Promise<ApiAnswer>;
  /** Closes the connections. */
  readonly close: () => void;
}

/** @throws by `call`: Error, where there was no answer at all. */
export function callerOf(url: string, ca: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca });
  function call(method: string, path: string, token: string, options: Omit<RequestOptions, "token"> = {}): Promise<ApiAnswer> {
    const { body } = options;
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const type = options.contentType ?? (method === "PATCH" ? "application/merge-patch+json" : "application/json");
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...(text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }) };
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, url), { method, agent, headers }, (reply) => {
        let said = "";
        reply.setEncoding("utf8").on("data", (part: string) => { said += part; });
        reply.once("end", () => { resolve({ status: reply.statusCode ?? 0, body: parsed(said) }); });
        reply.once("error", reject);
      });
      asked.once("error", reject);
      asked.end(text);
    });
  }
  return { call, close: () => agent.destroy() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
