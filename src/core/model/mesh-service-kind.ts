import { fieldPath } from "../base/field-path.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../base/json.ts";
import { withoutEmpty } from "../base/without-empty.ts";
import type { Violation } from "../base/violation.ts";
import type { ResourceKindDescriptor } from "./kind.ts";
import { meshServiceSchema } from "./mesh-service-schema.ts";
import type { MeshServicePort, MeshServiceSpec } from "./mesh-service.ts";
import { shortNameOf } from "./short-names.ts";
import { isIp, isPort } from "./valid-address.ts";

const selectorKinds = ["dataplaneTags", "dataplaneLabels", "dataplaneRef"] as const;

/** MeshService: a destination by selector. */
export const meshServiceKind: ResourceKindDescriptor = Object.freeze({
  kind: "MeshService",
  path: "meshservices",
  scope: "Mesh",
  shortName: shortNameOf("MeshService"),
  singularDisplayName: "Mesh Service",
  pluralDisplayName: "Mesh Services",
  specSchema: meshServiceSchema,
  fieldsAtTop: false,
  validate: validateMeshService,
  normalize: normalizeMeshService,
});

function validateMeshService(spec: unknown): readonly Violation[] {
  const selector = asObject(ownField(asObject(spec), "selector"));
  const chosen = selectorKinds.filter((kind) => ownField(selector, kind) !== undefined);
  const ports = asArray(ownField(asObject(spec), "ports")) ?? [];
  return [
    ...(chosen.length > 1 ? [{ path: "selector", message: `must have at most one defined: ${selectorKinds.join(", ")}` }] : []),
    ...ports.flatMap((port, i) => portProblems(asObject(port), fieldPath("ports", i))),
    ...duplicates(ports, "port"),
    ...duplicates(ports, "name"),
    ...(asArray(ownField(asObject(spec), "vips")) ?? []).flatMap((_, i, all) => vipProblems(all, i)),
  ];
}

function vipProblems(vips: readonly unknown[], i: number): readonly Violation[] {
  const addresses = vips.map((vip) => asString(ownField(asObject(vip), "ip")));
  const ip = addresses[i];
  const path = `vips[${i}].ip`;
  if (ip === undefined) return [];
  if (!isIp(ip) || ip === "0.0.0.0" || ip === "::") return [{ path, message: "must be an IP address, and not 0.0.0.0 or ::" }];
  return addresses.indexOf(ip) < i ? [{ path, message: `duplicate value: ${JSON.stringify(ip)}` }] : [];
}

/** Empty texts and maps are absent, as Kuma's Go types have it; so an empty selector selects nothing, not everything. */
function normalizeMeshService(spec: unknown): MeshServiceSpec {
  const { selector, ports } = spec as MeshServiceSpec;
  const port = (each: MeshServicePort) => withoutEmpty(each, ["name", "targetPort", "appProtocol"]);
  return {
    ...(spec as MeshServiceSpec),
    ...(selector === undefined ? {} : { selector: withoutEmpty(selector, selectorKinds) }),
    ...(ports === undefined ? {} : { ports: ports.map(port) }),
  };
}

function portProblems(port: Readonly<Record<string, unknown>> | undefined, path: string): readonly Violation[] {
  const message = "port must be in the range [1, 65535]";
  return ["port", "targetPort"].flatMap((field) => {
    const number = asNumber(ownField(port, field));
    return number === undefined || isPort(number) || (number === 0 && field === "targetPort") ? [] : [{ path: fieldPath(path, field), message }];
  });
}

/** Ports are told apart by number and, where it is given, by name; a name that is absent is the number. */
function duplicates(ports: readonly unknown[], field: "port" | "name"): readonly Violation[] {
  const seen = new Set<string>();
  return ports.flatMap((value, i) => {
    const port = asObject(value);
    const number = asNumber(ownField(port, "port"));
    const name = asString(ownField(port, "name")) ?? "";
    const text = field === "name" && name !== "" ? name : number?.toString();
    if (text === undefined) return [];
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    // Without names of their own two equal numbers are reported once, as a port.
    if (field === "name" && name === "") return [];
    return [{ path: fieldPath(fieldPath("ports", i), field), message: `duplicate value: ${JSON.stringify(text)}` }];
  });
}
