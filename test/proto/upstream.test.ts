import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

/** Fields that the package's protos do not have yet, as `message.field`; a real Envoy has to confirm each in a test of its own. None so far. */
const newerThanUpstream: readonly string[] = [];

const here = fileURLToPath(new URL("../../proto", import.meta.url));
const require = createRequire(import.meta.url);
const upstreamDeps = path.join(path.dirname(require.resolve("@grpc/grpc-js-xds/package.json")), "deps");
const upstreamRoots = ["envoy-api", "googleapis", "protoc-gen-validate", "xds"].map((folder) => path.join(upstreamDeps, folder));
const wellKnown = path.dirname(require.resolve("protobufjs/package.json"));

const files = readdirSync(here, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".proto")).map((file) => file.replaceAll("\\", "/")).sort();
const ours = load([here]);
const upstream = load(upstreamRoots);

describe("proto", () => {
  it("is compared file by file", () => { assert.ok(files.length > 25, `only ${String(files.length)} files were seen`); });

  for (const file of files) {
    it(`${file} says what upstream says, as far as it goes`, () => {
      const differences = declaredIn(ours, file).flatMap((object) => compare(object, upstream.lookup(object.fullName), file));
      assert.deepEqual(differences, []);
    });
  }

  it("lists as newer only what upstream does not have", () => {
    for (const name of newerThanUpstream) {
      assert.ok(ours.lookup(name), `${name} is not in proto/`);
      assert.equal(upstream.lookup(name), null, `${name} is no longer newer`);
    }
  });
});

function load(roots: readonly string[]): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    const places = [...roots, wellKnown].map((folder) => path.join(folder, target));
    return places.find((place) => existsSync(place)) ?? target;
  };
  root.loadSync(files, { keepCase: true });
  root.resolveAll();
  return root;
}

/** Messages, enums and services of one file, nested ones too. */
function declaredIn(namespace: protobuf.NamespaceBase, file: string): protobuf.ReflectionObject[] {
  return namespace.nestedArray.flatMap((object) => {
    const own = object.filename === path.join(here, file) ? [object] : [];
    const isDeclared = object instanceof protobuf.Type || object instanceof protobuf.Enum || object instanceof protobuf.Service;
    return [...(isDeclared ? own : []), ...(object instanceof protobuf.Namespace ? declaredIn(object, file) : [])];
  });
}

function compare(object: protobuf.ReflectionObject, other: protobuf.ReflectionObject | null, file: string): string[] {
  if (other === null) return [`${object.fullName} is not upstream`];
  if (!upstreamRoots.some((folder) => other.filename === path.join(folder, file))) return [`${object.fullName} is in ${String(other.filename)} upstream`];
  const [mine, theirs] = [outline(object), outline(other)];
  return Object.entries(mine)
    .filter(([member, description]) => theirs[member] !== description && !newerThanUpstream.includes(member))
    .map(([member, description]) => `${member} is ${description}, upstream ${theirs[member] ?? "nothing"}`);
}

/** Each member of a message, enum or service with everything about it that is on the wire or in JSON. */
function outline(object: protobuf.ReflectionObject): Record<string, string> {
  if (object instanceof protobuf.Enum) {
    return Object.fromEntries(Object.entries(object.values).map(([name, number]) => [`${object.fullName}.${name}`, String(number)]));
  }
  if (object instanceof protobuf.Service) return Object.fromEntries(object.methodsArray.map((method) => [method.fullName, methodText(method)]));
  assert.ok(object instanceof protobuf.Type);
  return Object.fromEntries(object.fieldsArray.map((field) => [field.fullName, fieldText(field)]));
}

function fieldText(field: protobuf.Field): string {
  const type = field.resolvedType?.fullName ?? field.type;
  const label = field instanceof protobuf.MapField ? `map by ${field.keyType} of ` : field.repeated ? "repeated " : "";
  return `${String(field.id)}: ${label}${type}${field.partOf ? ` in oneof ${field.partOf.name}` : ""}`;
}

function methodText(method: protobuf.Method): string {
  const stream = (yes: boolean | undefined): string => (yes === true ? "stream " : "");
  const [request, response] = [method.resolvedRequestType?.fullName ?? method.requestType, method.resolvedResponseType?.fullName ?? method.responseType];
  return `(${stream(method.requestStream)}${request}) returns (${stream(method.responseStream)}${response})`;
}
