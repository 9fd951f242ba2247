import { kindNamed } from "../../src/core/policy/registry.ts";

/** A resource as it is written to the API: Universal form. */
export interface Document {
  readonly type: string;
  readonly name: string;
  readonly mesh?: string;
  readonly [field: string]: unknown;
}

/** A reply of the control plane's HTTP API. */
export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

/** Writes and reads resources as any HTTP client would. */
export class ApiClient {
  readonly url: string;

  /** @param url `http://host:port`, without a slash at the end. */
  constructor(url: string) {
    this.url = url;
  }

  /** One request, whatever the answer. */
  async ask(method: string, path: string, body?: unknown): Promise<ApiReply> {
    const reply = await fetch(`${this.url}${path}`, {
      method,
      headers: { connection: "close", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) as unknown };
  }

  /** Creates or updates. @throws Error unless the API acknowledges it. */
  async put(document: Document): Promise<ApiReply> {
    const reply = await this.ask("PUT", pathOf(document), document);
    if (reply.status !== 200 && reply.status !== 201) throw new Error(`PUT ${pathOf(document)}: ${String(reply.status)} ${JSON.stringify(reply.body)}`);
    return reply;
  }

  /** @throws Error unless the API acknowledges it. */
  async delete(document: Pick<Document, "type" | "name" | "mesh">): Promise<ApiReply> {
    const reply = await this.ask("DELETE", pathOf(document));
    if (reply.status !== 200) throw new Error(`DELETE ${pathOf(document)}: ${String(reply.status)} ${JSON.stringify(reply.body)}`);
    return reply;
  }

  /** @throws Error unless the API gives one. */
  async dataplaneToken(request: { readonly mesh: string; readonly name?: string; readonly tags?: object; readonly validFor?: string }): Promise<string> {
    const headers = { connection: "close", "content-type": "application/json" };
    const reply = await fetch(`${this.url}/tokens/dataplane`, { method: "POST", headers, body: JSON.stringify(request) });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`no token: ${String(reply.status)} ${text}`);
    return text;
  }

  async get(document: Pick<Document, "type" | "name" | "mesh">): Promise<ApiReply> {
    return await this.ask("GET", pathOf(document));
  }
}

/** The path of one resource: `/meshes/default/meshhealthchecks/web-to-backend`. */
export function pathOf(document: Pick<Document, "type" | "name" | "mesh">): string {
  if (document.type === "Mesh") return `/meshes/${document.name}`;
  return `/meshes/${document.mesh ?? "default"}/${kindNamed(document.type)?.path ?? `${document.type.toLowerCase()}s`}/${document.name}`;
}
