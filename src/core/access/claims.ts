import { asArray, asObject, asString, ownField } from "../base/json.ts";

/** What a data plane token says of the proxy that may show it. Empty fields say nothing. Names of fields as Kuma writes them. */
export interface DataplaneClaims {
  readonly Name: string;
  readonly Mesh: string;
  /** For each tag the values that the proxy's Dataplane may have. */
  readonly Tags: Readonly<Record<string, readonly string[]>>;
  readonly Type: string;
  readonly Workload: string;
}

/** What a user token says of its user. */
export interface UserClaims {
  readonly Name: string;
  readonly Groups: readonly string[];
}

/** What a zone token says of its zone. */
export interface ZoneClaims {
  readonly Zone: string;
  readonly Scope: readonly string[];
}

/** Reads the claims of a data plane token; undefined when they are none. A claim that is absent is empty. */
export function readDataplaneClaims(payload: unknown): DataplaneClaims | undefined {
  const [Name, Mesh, Type, Workload] = ["Name", "Mesh", "Type", "Workload"].map((field) => textClaim(payload, field));
  const Tags = tagClaims(claimOf(payload, "Tags"));
  if (Name === undefined || Mesh === undefined || Type === undefined || Workload === undefined || Tags === undefined) return undefined;
  return Mesh === "" ? undefined : { Name, Mesh, Tags, Type, Workload };
}

/** Reads the claims of a user token; undefined when they are none. */
export function readUserClaims(payload: unknown): UserClaims | undefined {
  const [Name, Groups] = [textClaim(payload, "Name"), textsClaim(claimOf(payload, "Groups"))];
  return Name === undefined || Name === "" || Groups === undefined ? undefined : { Name, Groups };
}

function claimOf(payload: unknown, field: string): unknown {
  return ownField(asObject(payload), field) ?? undefined;
}

function textClaim(payload: unknown, field: string): string | undefined {
  const value = claimOf(payload, field);
  return value === undefined ? "" : asString(value);
}

function textsClaim(value: unknown): readonly string[] | undefined {
  if (value === undefined) return [];
  const list = asArray(value);
  const texts = (list ?? []).filter((text): text is string => typeof text === "string");
  return list === undefined || texts.length < list.length ? undefined : texts;
}

function tagClaims(value: unknown): DataplaneClaims["Tags"] | undefined {
  if (value === undefined) return {};
  const tags = asObject(value);
  if (tags === undefined) return undefined;
  const read = Object.entries(tags).map(([tag, values]) => [tag, textsClaim(values ?? undefined)] as const);
  const whole = read.filter((entry): entry is [string, readonly string[]] => entry[1] !== undefined);
  return whole.length < read.length ? undefined : Object.fromEntries(whole);
}
