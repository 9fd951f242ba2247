import { asArray, asObject, asString } from "../base/json.ts";
import type { ResourceKey } from "../model/resource.ts";
import type { Authority, Generation } from "./generations.ts";

/** The secret that holds the authorities of a mesh, with their keys: one, so that every change of it is whole. */
export function authorityKey(mesh: string): ResourceKey {
  return { kind: "Secret", mesh, name: `identity-authority-${mesh}` };
}

/** The secrets in which Kuma keeps the certificate and the key of a mesh's built-in authority. */
export function kumaAuthorityKeys(mesh: string, backend: string): { readonly certificate: ResourceKey; readonly key: ResourceKey } {
  const named = (part: string): ResourceKey => ({ kind: "Secret", mesh, name: `${mesh}.ca-builtin-${part}-${backend}` });
  return { certificate: named("cert"), key: named("key") };
}

export function formatAuthority(authority: Authority): string {
  return `${JSON.stringify(authority, undefined, 2)}\n`;
}

/** What a secret holds; undefined when it is not that. */
export function parseAuthority(text: string): Authority | undefined {
  const generations = asArray(asObject(parseJson(text))?.["generations"])?.map(readGeneration);
  if (generations === undefined || generations.length === 0) return undefined;
  const whole = generations.filter((generation) => generation !== undefined);
  return whole.length < generations.length ? undefined : { generations: whole };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const texts = ["origin", "certificates", "privateKey"] as const;
const numbers = ["serial", "notBeforeMs", "notAfterMs", "signsFromMs", "longestLeafMs"] as const;

function readGeneration(value: unknown): Generation | undefined {
  const fields = asObject(value) ?? {};
  const isWhole = texts.every((name) => asString(fields[name]) !== undefined) && numbers.every((name) => Number.isFinite(fields[name]));
  if (!isWhole) return undefined;
  return Object.fromEntries([...texts, ...numbers].map((name) => [name, fields[name]])) as unknown as Generation;
}
