/** Who asks the API. */
export interface Identity {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Who is in it may do everything. The names are Kuma's. */
export const adminGroup = "mesh-system:admin";

const authenticatedGroup = "mesh-system:authenticated";

/** Who has shown a user token with this name and these groups. */
export function authenticated(name: string, groups: readonly string[]): Identity {
  return { name, groups: [...new Set([...groups, authenticatedGroup])] };
}

/** The administrator. */
export const admin: Identity = Object.freeze(authenticated(adminGroup, [adminGroup]));

/**
 * What a route asks for. `public`: nothing. `read` and `write`: a user, whoever it is, as Kuma's static access has it. `admin`: the
 * administrator or one of the group `mesh-system:admin`.
 */
export type Access = "public" | "read" | "write" | "admin";

/** Whether somebody who is known may use such a route. */
export function mayUse({ name, groups }: Identity, access: Access): boolean {
  return access !== "admin" || name === adminGroup || groups.includes(adminGroup);
}
