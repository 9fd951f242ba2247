import { fieldPath, keyPath } from "../base/field-path.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../base/json.ts";
import { withoutEmpty } from "../base/without-empty.ts";
import type { Violation } from "../base/violation.ts";
import { labelNames } from "./label-names.ts";
import { isDnsName, isIpv4, isIpv6, isPort } from "./valid-address.ts";

type Fields = Readonly<Record<string, unknown>>;

const protocols: ReadonlySet<string> = new Set(["http", "http2", "grpc", "tcp", "tls", "kafka", "mysql"]);

/** What is wrong with a Dataplane beyond its shape; rules as in Kuma 2.14. Paths begin with `networking`. */
export function validateDataplane(spec: unknown): readonly Violation[] {
  const networking = asObject(ownField(asObject(spec), "networking"));
  if (networking === undefined) return [];
  const address = ownField(networking, "address");
  return [
    ...validateAddress(address ?? "", "networking.address"),
    ...validateGateway(asObject(ownField(networking, "gateway"))),
    ...(asArray(ownField(networking, "inbound")) ?? []).flatMap((inbound, i) => validateInbound(asObject(inbound), `networking.inbound[${i}]`)),
    ...(asArray(ownField(networking, "outbound")) ?? []).flatMap((outbound, i) => validateOutbound(asObject(outbound), `networking.outbound[${i}]`)),
    ...duplicates(asArray(ownField(networking, "inbound")) ?? [], "networking.inbound", asString(address) ?? ""),
    ...duplicates(asArray(ownField(networking, "outbound")) ?? [], "networking.outbound", "127.0.0.1"),
    ...validateRedirection(networking),
    ...portProblems(asObject(ownField(networking, "admin")), "networking.admin", ["port"]),
  ];
}

/** Where connections are redirected to nothing else can listen. */
function validateRedirection(networking: Fields): readonly Violation[] {
  const path = "networking.transparentProxying";
  const redirection = asObject(ownField(networking, "transparentProxying"));
  const names = ["redirectPortInbound", "redirectPortOutbound"];
  const [inbound = 0, outbound = 0] = names.map((name) => asNumber(ownField(redirection, name)));
  const both = inbound !== 0 && inbound === outbound;
  const ports = (asArray(ownField(networking, "inbound")) ?? []).map((each) => asNumber(ownField(asObject(each), "port")) ?? 0);
  return [
    ...portProblems(redirection, path, names),
    ...(both ? [{ path: `${path}.redirectPortOutbound`, message: "must differ from redirectPortInbound" }] : []),
    ...ports.flatMap((port, i) => {
      const taken = port !== 0 && (port === inbound || port === outbound);
      return taken ? [{ path: `networking.inbound[${i}].port`, message: `connections are redirected to port ${port}, so that nothing else can listen there` }] : [];
    }),
  ];
}

function validateAddress(value: unknown, path: string): readonly Violation[] {
  const address = asString(value);
  if (address === undefined) return [];
  if (address === "") return [{ path, message: "address can't be empty" }];
  if (address === "0.0.0.0" || address === "::") return [{ path, message: "must not be 0.0.0.0 or ::" }];
  const valid = isIpv4(address) || isIpv6(address) || isDnsName(address);
  return valid ? [] : [{ path, message: "address has to be valid IP address or domain name" }];
}

function validateGateway(gateway: Fields | undefined): readonly Violation[] {
  const path = "networking.gateway";
  const builtin = ownField(gateway, "type") === "BUILTIN";
  const refusal = { path: `${path}.type`, message: "BUILTIN is not supported: builtin gateways are not served" };
  return [...(builtin ? [refusal] : []), ...validateTags(asObject(ownField(gateway, "tags")), `${path}.tags`)];
}

function validateInbound(inbound: Fields | undefined, path: string): readonly Violation[] {
  const addresses = ["address", "serviceAddress"].flatMap((field) => validateOptionalAddress(ownField(inbound, field), fieldPath(path, field)));
  const protocol = asString(ownField(inbound, "protocol"));
  return [
    ...portProblems(inbound, path, ["port", "servicePort"]),
    ...addresses,
    ...validateTags(asObject(ownField(inbound, "tags")), `${path}.tags`),
    ...(protocol === undefined ? [] : protocolProblems(protocol, `${path}.protocol`)),
  ];
}

/** An inbound may listen on, and its app may be reached at, any valid address; empty means not set. */
function validateOptionalAddress(value: unknown, path: string): readonly Violation[] {
  return value === undefined || value === "" ? [] : validateAddress(value, path);
}

function validateTags(tags: Fields | undefined, path: string): readonly Violation[] {
  const entries = Object.entries(tags ?? {});
  const found: Violation[] = [];
  if (entries.length > 0 && ownField(tags, labelNames.service) === undefined) {
    found.push({ path: keyPath(path, labelNames.service), message: "tag has to exist" });
  }
  for (const [key, value] of entries) {
    if (!/^[a-zA-Z0-9.\-_:/]+$/.test(key)) {
      found.push({ path: keyPath(path, key), message: "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores" });
    }
    if (value === "") found.push({ path: keyPath(path, key), message: "tag value must be non-empty" });
    else if (typeof value === "string" && !/^[a-zA-Z0-9.\-_:]+$/.test(value)) {
      found.push({ path: keyPath(path, key), message: "tag value must consist of alphanumeric characters, dots, dashes and underscores" });
    }
  }
  const protocol = asString(ownField(tags, labelNames.protocol));
  return protocol === undefined || protocol === "" ? found : [...found, ...protocolProblems(protocol, keyPath(path, labelNames.protocol))];
}

function protocolProblems(protocol: string, path: string): readonly Violation[] {
  if (protocol === "" || protocols.has(protocol.toLowerCase())) return [];
  return [{ path, message: `has an invalid value ${JSON.stringify(protocol)}. Allowed values: ${[...protocols].sort().join(", ")}` }];
}

function validateOutbound(outbound: Fields | undefined, path: string): readonly Violation[] {
  if (outbound === undefined) return [];
  const { tags, backendRef } = withoutEmpty(outbound, ["tags"]);
  const found = [...portProblems(outbound, path, ["port"]), ...validateOptionalAddress(ownField(outbound, "address"), `${path}.address`)];
  if ((tags === undefined) === (backendRef === undefined)) found.push({ path, message: "must have exactly one defined: tags, backendRef" });
  if (asObject(tags) !== undefined && ownField(asObject(tags), labelNames.service) === undefined) {
    found.push({ path: keyPath(`${path}.tags`, labelNames.service), message: "tag has to exist" });
  }
  return [...found, ...validateBackendRef(asObject(backendRef), `${path}.backendRef`)];
}

function validateBackendRef(ref: Fields | undefined, path: string): readonly Violation[] {
  if (ref === undefined) return [];
  const found = [...portProblems(ref, path, ["port"])];
  const { name, labels } = withoutEmpty(ref, ["name", "labels"]);
  const kind = asString(ownField(ref, "kind"));
  const served = kind === undefined || kind === "MeshService" || kind === "MeshExternalService";
  if (!served) found.push({ path: `${path}.kind`, message: `value '${kind}' is not supported` });
  if (name === undefined && labels === undefined) found.push({ path, message: `name or labels must be set when kind is ${kind ?? "MeshService"}` });
  if (name !== undefined && labels !== undefined) {
    found.push({ path: `${path}.labels`, message: "either labels or name and namespace must be specified" });
  }
  return found;
}

function portProblems(fields: Fields | undefined, path: string, names: readonly string[]): readonly Violation[] {
  return names.flatMap((name) => {
    const port = asNumber(ownField(fields, name));
    // A port of 0 is how protobuf says absent, which only `port` may not be.
    if (port === undefined || isPort(port) || (port === 0 && name !== "port")) return [];
    return [{ path: fieldPath(path, name), message: "port must be in the range [1, 65535]" }];
  });
}

/** Two listeners cannot have one address and port. */
function duplicates(items: readonly unknown[], path: string, defaultAddress: string): readonly Violation[] {
  const seen = new Map<string, number>();
  return items.flatMap((value, i) => {
    const item = asObject(value);
    const port = asNumber(ownField(item, "port"));
    if (port === undefined) return [];
    const address = asString(ownField(item, "address")) ?? "";
    const place = `${address === "" ? defaultAddress : address}:${port}`;
    const before = seen.get(place);
    if (before === undefined) seen.set(place, i);
    return before === undefined ? [] : [{ path: fieldPath(path, i), message: `${place} is already used by ${path}[${before}]` }];
  });
}
