import { decodeBase64, encodeBase64 } from "../base/base64.ts";
import type { JsonObject } from "../base/json.ts";
import type { Fields } from "./fields.ts";
import { compact } from "./output.ts";
import type { Findings } from "./remarks.ts";

/** Envoy's HttpHealthCheck. */
export function readHttpCheck(http: Fields, findings: Findings): JsonObject {
  const statuses = http.items("expected_statuses").flatMap((range) => readRange(range, findings));
  const host = http.text("host");
  http.leave("send", "a check has no body");
  http.leave("receive", "the status decides, not the body");
  http.leave("method", "a check is a GET");
  http.leave("codec_client_type", "a check has the HTTP version of the traffic");
  http.leave("service_name_matcher", "a check does not ask which service answers");
  http.leave("retriable_statuses", "every unexpected status counts towards the threshold here");
  http.leave("request_headers_to_remove", "headers of a check are not removed");
  if (host !== undefined && host !== "") findings.remark("left", http.at("host"), "a check asks for the destination's own name");
  return {
    ...compact({ path: http.text("path"), expectedStatuses: statuses.length === 0 ? undefined : [...new Set(statuses)] }),
    ...headersOf(http),
  };
}

/** From `start` up to, and without, `end`. */
function readRange(range: Fields, findings: Findings): readonly number[] {
  const [start, end] = [range.number("start"), range.number("end")];
  if (start !== undefined && end !== undefined && start < end && start >= 100 && end <= 600) return Array.from({ length: end - start }, (_, i) => start + i);
  findings.problem(range.path, "must be a range of statuses from 100 to 599: `start` below `end`, which is not part of it");
  return [];
}

function headersOf(http: Fields): JsonObject {
  const [set, add]: [JsonObject[], JsonObject[]] = [[], []];
  for (const option of http.items("request_headers_to_add")) {
    const header = option.fields("header");
    const [name, value] = [header?.text("key"), header?.text("value") ?? ""];
    const appends = option.flag("append") ?? ["APPEND_IF_EXISTS_OR_ADD", undefined].includes(option.text("append_action"));
    if (name !== undefined) (appends ? add : set).push({ name: name.toLowerCase(), value });
  }
  const headers = compact({ set: set.length === 0 ? undefined : set, add: add.length === 0 ? undefined : add });
  return headers === undefined ? {} : { requestHeadersToAdd: headers };
}

/** Envoy's TcpHealthCheck: payloads are hexadecimal there. */
export function readTcpCheck(tcp: Fields, findings: Findings): JsonObject {
  const send = tcp.fields("send");
  const sent = send === undefined ? undefined : readPayload(send, findings);
  const receive = tcp.items("receive").flatMap((payload) => readPayload(payload, findings) ?? []);
  tcp.leave("proxy_protocol_config", "the PROXY protocol is not spoken");
  return { ...compact({ send: sent, receive: receive.length === 0 ? undefined : receive }) };
}

/** Base64 of a payload. */
function readPayload(payload: Fields, findings: Findings): string | undefined {
  const [hex, base64] = [payload.text("text"), payload.text("binary")];
  if (base64 !== undefined) {
    if (decodeBase64(base64) === undefined) findings.problem(payload.at("binary"), "must be Base64");
    return base64;
  }
  if (hex === undefined || !/^([0-9a-fA-F]{2})+$/.test(hex)) {
    findings.problem(payload.at("text"), "must be bytes as hexadecimal digits");
    return undefined;
  }
  return encodeBase64(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

/** Envoy's GrpcHealthCheck. */
export function readGrpcCheck(grpc: Fields): JsonObject {
  grpc.leave("initial_metadata", "a gRPC check has no metadata");
  return { ...compact({ serviceName: grpc.text("service_name"), authority: grpc.text("authority") }) };
}
