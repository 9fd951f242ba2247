import type { JsonObject } from "../../core/base/json.ts";
import type { Violation } from "../../core/base/violation.ts";

/** A field of the request and what is wrong with it. */
export interface InvalidParameter {
  readonly field: string;
  readonly reason: string;
}

/** An answer with a status from 400 up. Thrown anywhere below a route; the server turns it into Kuma's error body. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly invalidParameters: readonly InvalidParameter[];

  constructor(status: number, title: string, detail: string, invalidParameters: readonly InvalidParameter[] = []) {
    super(`${title} (${detail})`);
    this.name = "ApiError";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.invalidParameters = invalidParameters;
  }
}

/** Titles that say which act failed, in Kuma's words: kumactl prints them. */
export const titles = {
  process: "Could not process a resource",
  retrieve: "Could not retrieve a resource",
  retrieveMany: "Could not retrieve resources",
  delete: "Could not delete a resource",
  mesh: "Failed to retrieve Mesh",
  dataplane: "Could not retrieve Dataplane",
  admin: "Could not execute admin operation",
  adminDataplane: "Could not get dataplane resource",
} as const;

export function notFound(title: string): ApiError {
  return new ApiError(404, title, "Not found");
}

/** 400 with every violation. */
export function notValid(title: string, violations: readonly Violation[]): ApiError {
  const parameters = violations.map(({ path, message }) => ({ field: path, reason: message }));
  return new ApiError(400, title, "Resource is not valid", parameters);
}

export function badRequest(detail: string, invalidParameters: readonly InvalidParameter[] = []): ApiError {
  return new ApiError(400, "Bad Request", detail, invalidParameters);
}

/**
 * The body of an error answer: Kuma's `/std-errors`, with `details` and `causes` for clients older than 2.2, in the order in which
 * Kuma writes the fields.
 */
export function errorBody(error: ApiError): JsonObject {
  const { status, title, detail, invalidParameters } = error;
  const invalid = invalidParameters.map(({ field, reason }) => ({ field, reason }));
  const causes = invalidParameters.map(({ field, reason }) => ({ field, message: reason }));
  return {
    type: "/std-errors",
    status,
    title,
    detail,
    ...(invalid.length > 0 ? { invalid_parameters: invalid } : {}),
    details: detail,
    ...(causes.length > 0 ? { causes } : {}),
  };
}
