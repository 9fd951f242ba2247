import type { HeaderPlan, HttpCheckPlan } from "../model/plan.ts";
import type { HeaderValueOption_HeaderAppendActionJson, HeaderValueOptionJson } from "../proto/envoy/config/core/v3/base_pb.ts";

/** Tells the receiving proxy who asks, so that what it lets pass or counts by the sender's tags is right for checks too (Kuma). */
export function senderTagsHeader(senderTags: string): HeaderValueOptionJson {
  return { header: { key: "x-kuma-tags", value: literal(senderTags) } };
}

/** The headers of a check, in the order in which Envoy applies them: what is added, then what is set (Kuma's order). */
export function checkHeaders(check: HttpCheckPlan): HeaderValueOptionJson[] {
  const added = check.addHeaders.filter(isOrdinary).map(({ name, value }) => header(name, value, "APPEND_IF_EXISTS_OR_ADD"));
  const set = check.setHeaders.filter(isOrdinary).map(({ name, value }) => header(name, value, "OVERWRITE_IF_EXISTS_OR_ADD"));
  return [...added, ...set];
}

/** Envoy refuses `host` among the headers to add; it has a field of its own. The last one wins, as it would among headers. */
export function checkHost(check: HttpCheckPlan): string | undefined {
  return [...check.addHeaders, ...check.setHeaders].findLast((entry) => !isOrdinary(entry))?.value;
}

function isOrdinary({ name }: HeaderPlan): boolean {
  return name !== "host";
}

function header(key: string, value: string, appendAction: HeaderValueOption_HeaderAppendActionJson): HeaderValueOptionJson {
  return {
    header: { key, ...(value !== "" && { value: literal(value) }) },
    // The value 0 of an enum is its default, which canonical JSON leaves out.
    ...(appendAction !== "APPEND_IF_EXISTS_OR_ADD" && { appendAction }),
    // Envoy drops a header with an empty value unless it is told that this is meant.
    ...(value === "" && { keepEmptyValue: true }),
  };
}

/** Envoy takes a value for a format, in which a percent sign is written twice. */
function literal(value: string): string {
  return value.replaceAll("%", "%%");
}
