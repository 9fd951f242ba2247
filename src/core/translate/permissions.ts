import type { PermissionPlan, PermissionsPlan } from "../model/mesh-tls-plan.ts";
import type { InboundPlan, NamePlan } from "../model/plan.ts";
import type { ExtensionConfigSourceJson } from "../proto/envoy/config/core/v3/config_source_pb.ts";
import type { TypedExtensionConfigJson } from "../proto/envoy/config/core/v3/extension_pb.ts";
import type { PermissionJson, PolicyJson, PrincipalJson, RBACJson } from "../proto/envoy/config/rbac/v3/rbac_pb.ts";
import { RBACSchema as HttpRbacSchema } from "../proto/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts";
import { RBACSchema as NetworkRbacSchema } from "../proto/envoy/extensions/filters/network/rbac/v3/rbac_pb.ts";
import { anyOf } from "./any.ts";
import { inboundListenerName, isHttp } from "./names.ts";
import { overAds } from "./over-ads.ts";

/** Name of the filter's configuration, which says its type too: one name never changes its type. */
export function permissionsName(inbound: InboundPlan): string {
  return `permissions:${isHttp(inbound.protocol) ? "http" : "tcp"}:${inboundListenerName(inbound)}`;
}

/** The filter stands in the listener whether anything is refused or not, and only names its configuration: no permission drains a connection. */
export function permissionsDiscovery(inbound: InboundPlan): ExtensionConfigSourceJson {
  const { typeName } = isHttp(inbound.protocol) ? HttpRbacSchema : NetworkRbacSchema;
  return { configSource: overAds, typeUrls: [`type.googleapis.com/${typeName}`] };
}

/** Who may call an inbound, for the filter that names it (Envoy's RBAC filters): requests get 403, connections are closed. */
export function permissionsConfig(inbound: InboundPlan): TypedExtensionConfigJson {
  const name = permissionsName(inbound);
  const rules = inbound.permissions === undefined ? {} : rulesOf(inbound.permissions);
  const typedConfig = isHttp(inbound.protocol) ? anyOf(HttpRbacSchema, rules) : anyOf(NetworkRbacSchema, { ...rules, statPrefix: "permissions" });
  return { name, typedConfig };
}

function rulesOf(permissions: PermissionsPlan): { readonly rules: RBACJson; readonly shadowRules?: RBACJson } {
  const { shadowDeny } = permissions;
  // The value 0 of an enum, here ALLOW, is its default, which canonical JSON leaves out.
  const rules = { policies: allowed(permissions) };
  return shadowDeny.length === 0 ? { rules } : { rules, shadowRules: { action: "DENY", policies: shadowed(shadowDeny) } };
}

/**
 * Refusals count first. A refusal may be for one server name only, so that what is let through is said for each server name that
 * anything depends on, and for all others.
 */
function allowed(permissions: PermissionsPlan): Record<string, PolicyJson> {
  const all = [...permissions.deny, ...permissions.allow, ...permissions.shadowDeny];
  const names = [...new Set(all.flatMap(({ serverName }) => serverName ?? []))].sort();
  const policies: Record<string, PolicyJson> = {};
  for (const name of [...names, undefined]) {
    const principals = principalsFor(permissions, name);
    if (principals !== undefined) policies[name ?? "others"] = { permissions: [asking(name, names)], principals };
  }
  return policies;
}

function asking(name: string | undefined, names: readonly string[]): PermissionJson {
  if (name !== undefined) return { requestedServerName: { exact: name } };
  const [first, ...rest] = names.map((each): PermissionJson => ({ requestedServerName: { exact: each } }));
  if (first === undefined) return { any: true };
  return { notRule: rest.length === 0 ? first : { orRules: { rules: [first, ...rest] } } };
}

/** Undefined: nobody. */
function principalsFor({ deny, allow, shadowDeny, others }: PermissionsPlan, name: string | undefined): PrincipalJson[] | undefined {
  const holds = ({ serverName }: PermissionPlan): boolean => serverName === undefined || serverName === name;
  const refused = deny.filter(holds).map(principalOf);
  const welcome = others === "allow" ? [anyone] : [...allow, ...shadowDeny].filter(holds).map(principalOf);
  if (welcome.length === 0) return undefined;
  return refused.length === 0 ? welcome : [{ andIds: { ids: [{ notId: oneOf(refused) }, oneOf(welcome)] } }];
}

/** Each by itself, so that the statistics of the filter say which. */
function shadowed(entries: readonly PermissionPlan[]): Record<string, PolicyJson> {
  const policies = entries.map((entry): PolicyJson => ({
    permissions: [entry.serverName === undefined ? { any: true } : { requestedServerName: { exact: entry.serverName } }],
    principals: [principalOf(entry)],
  }));
  return Object.fromEntries(policies.map((policy, i) => [`${entries[i]?.policy ?? ""}[${i}]`, policy]));
}

const anyone: PrincipalJson = { any: true };

function oneOf(principals: readonly PrincipalJson[]): PrincipalJson {
  const [only, ...more] = principals;
  return only !== undefined && more.length === 0 ? only : { orIds: { ids: [...principals] } };
}

function principalOf({ names, except = [] }: PermissionPlan): PrincipalJson {
  const exceptions = except.map((those): PrincipalJson => ({ notId: allOf(those.map(named)) }));
  return allOf([...names.map(named), ...exceptions]);
}

function allOf(principals: readonly PrincipalJson[]): PrincipalJson {
  const [first, ...more] = principals;
  if (first === undefined) return anyone;
  return more.length === 0 ? first : { andIds: { ids: [first, ...more] } };
}

function named({ match, value }: NamePlan): PrincipalJson {
  return { authenticated: { principalName: { [match]: value } } };
}
