import { asArray, asObject, asString } from "../../core/base/json.ts";
import type { ApiReply } from "./send-request.ts";

/** The control plane answered, and refused. The message is for the user: `title (detail)`, and a line for each parameter that is not valid. */
export class ApiFailure extends Error {
  readonly status: number;
  /** Kuma's title, such as `Failed to retrieve Mesh`; empty when the body had none. */
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.name = "ApiFailure";
    this.status = status;
    this.title = title;
  }
}

/** What an answer with a status from 400 up says. Bodies that are not Kuma's are told by status, with their first line. */
export function apiFailure({ status, text }: Pick<ApiReply, "status" | "text">): ApiFailure {
  const body = asObject(parsed(text));
  const title = asString(body?.["title"]) ?? "";
  if (body === undefined || title === "") return new ApiFailure(status, "", `the control plane answers ${status}${firstLine(text)}${hintOf(status)}`);
  const detail = asString(body["detail"]) ?? asString(body["details"]) ?? "";
  const head = detail === "" || detail === title ? title : `${title} (${detail})`;
  return new ApiFailure(status, title, [head + hintOf(status), ...invalidParameters(body)].join("\n"));
}

/** `* field: reason`, as kumactl prints them. */
function invalidParameters(body: Readonly<Record<string, unknown>>): readonly string[] {
  return (asArray(body["invalid_parameters"]) ?? []).map((parameter) => {
    const { field, reason } = asObject(parameter) ?? {};
    return `* ${[asString(field) ?? "", asString(reason) ?? ""].filter((part) => part !== "").join(": ")}`;
  });
}

function hintOf(status: number): string {
  if (status === 401) return "; give a token with --token-file, PROBEPLANE_TOKEN_FILE or `probeplane config control-planes add --token-file`";
  return "";
}

function firstLine(text: string): string {
  const line = (text.split("\n").find((each) => each.trim() !== "") ?? "").trim().slice(0, 200);
  return line === "" ? "" : `: ${line}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
