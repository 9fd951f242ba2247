import { parseDuration } from "../base/duration.ts";
import { keyPath } from "../base/field-path.ts";
import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import type { DataplaneClaims, UserClaims, ZoneClaims } from "./claims.ts";
import { dataplaneScope, userScope, zoneScope, type TokenScope } from "./token-scope.ts";

/** A token that somebody asks for. */
export interface WantedToken {
  readonly scope: TokenScope;
  readonly claims: DataplaneClaims | UserClaims | ZoneClaims;
  /** How long it is to be good for, in milliseconds. */
  readonly forMs: number;
}

export type TokenRequest = { readonly ok: true; readonly wanted: WantedToken } | { readonly ok: false; readonly violations: readonly Violation[] };

/** How long a token is good for when nobody says: ten years, as Kuma's. */
export const defaultValidMs = 10 * 365 * 24 * 60 * 60 * 1000;
const longestMs = 10 * defaultValidMs;

const proxyTypes = ["dataplane", "ingress", "egress"];

/** Reads the body of `POST /tokens/dataplane`, in which `mesh` has to be. */
export function readDataplaneRequest(body: unknown): TokenRequest {
  const fields = new Fields(body);
  const [mesh, name, type, workload] = [fields.text("mesh", "required"), fields.text("name"), fields.text("type"), fields.text("workload")];
  if (type !== "" && !proxyTypes.includes(type)) fields.refuse("type", `in body should be one of [${proxyTypes.join(" ")}]`);
  const claims: DataplaneClaims = { Name: name, Mesh: mesh, Tags: fields.tags("tags"), Type: type === "" ? "dataplane" : type, Workload: workload };
  return fields.result(dataplaneScope(mesh), claims);
}

/** Reads the body of `POST /tokens/user`, in which `name` has to be. */
export function readUserRequest(body: unknown): TokenRequest {
  const fields = new Fields(body);
  return fields.result(userScope, { Name: fields.text("name", "required"), Groups: fields.texts("groups") });
}

/** Reads the body of `POST /tokens/zone`, in which `zone` has to be. */
export function readZoneRequest(body: unknown): TokenRequest {
  const fields = new Fields(body);
  return fields.result(zoneScope, { Zone: fields.text("zone", "required"), Scope: fields.texts("scope") });
}

/** Fields of a body, with all that is wrong with them. What is absent or null is empty. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #violations: Violation[] = [];

  constructor(body: unknown) {
    this.#fields = asObject(body) ?? {};
  }

  refuse(path: string, message: string): void {
    this.#violations.push({ path, message });
  }

  text(name: string, need: "required" | "optional" = "optional"): string {
    const value = ownField(this.#fields, name) ?? "";
    if (asString(value) === undefined) this.refuse(name, "in body must be of type string");
    else if (value === "" && need === "required") this.refuse(name, "cannot be empty");
    return asString(value) ?? "";
  }

  texts(name: string): readonly string[] {
    return this.#textsOf(name, ownField(this.#fields, name) ?? []);
  }

  tags(name: string): DataplaneClaims["Tags"] {
    const value = ownField(this.#fields, name) ?? {};
    const tags = asObject(value);
    if (tags === undefined) this.refuse(name, "in body must be of type object");
    return Object.fromEntries(Object.entries(tags ?? {}).map(([tag, values]) => [tag, this.#textsOf(keyPath(name, tag), values)]));
  }

  result(scope: TokenScope, claims: WantedToken["claims"]): TokenRequest {
    const forMs = this.#validFor();
    return this.#violations.length > 0 ? { ok: false, violations: this.#violations } : { ok: true, wanted: { scope, claims, forMs } };
  }

  #textsOf(path: string, value: unknown): readonly string[] {
    const list = asArray(value) ?? [];
    const texts = list.filter((one): one is string => typeof one === "string");
    if (!Array.isArray(value) || texts.length < list.length) this.refuse(path, "has to be a list of texts");
    return texts;
  }

  #validFor(): number {
    const text = this.text("validFor");
    if (text === "") return defaultValidMs;
    const parsed = parseDuration(text);
    if (!parsed.ok) this.refuse("validFor", parsed.error);
    else if (parsed.ms <= 0) this.refuse("validFor", "has to be more than 0s");
    else if (parsed.ms > longestMs) this.refuse("validFor", "has to be less than 100 years");
    else return parsed.ms;
    return 0;
  }
}
