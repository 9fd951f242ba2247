import type { PermissionPlan, PermissionsPlan } from "../model/mesh-tls-plan.ts";
import type { NamePlan } from "../model/plan.ts";

/** Whether permissions let in a caller with these names in its certificate, who asks for this server name. */
export function mayCall({ deny, allow, shadowDeny, others }: PermissionsPlan, names: readonly string[], serverName: string | undefined): boolean {
  const means = (permission: PermissionPlan): boolean => {
    if (permission.serverName !== undefined && permission.serverName !== serverName) return false;
    return hasAll(names, permission.names) && !(permission.except ?? []).some((those) => hasAll(names, those));
  };
  if (deny.some(means)) return false;
  return others === "allow" || allow.some(means) || shadowDeny.some(means);
}

function hasAll(names: readonly string[], wanted: readonly NamePlan[]): boolean {
  return wanted.every(({ match, value }) => names.some((name) => (match === "exact" ? name === value : name.startsWith(value))));
}
