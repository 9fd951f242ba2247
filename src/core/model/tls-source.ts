import { decodeBase64 } from "../base/base64.ts";
import type { TlsSource } from "./mesh-external-service.ts";

/** The PEM text of a valid source; undefined when it has none, or Base64 that is none. */
export function pemOf({ inline, inlineString, insecureInline }: TlsSource): string | undefined {
  if (inline === undefined) return inlineString ?? insecureInline?.value;
  const bytes = decodeBase64(inline.replaceAll(/\s/g, ""));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/**
 * True when a text holds at least one PEM block with such a label, and each of those is Base64 of a DER sequence. What is inside the
 * sequence is for Envoy to judge.
 */
export function hasPem(text: string, label: RegExp): boolean {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)].filter(([, name = ""]) => label.test(name));
  return blocks.length > 0 && blocks.every(([, , body = ""]) => decodeBase64(body.replaceAll(/\s/g, ""))?.[0] === derSequence);
}

const derSequence = 0x30;
