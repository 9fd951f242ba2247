import type { DescMessage, MessageJsonType } from "@bufbuild/protobuf";
import type { AnyJson } from "@bufbuild/protobuf/wkt";

/** A message inside an `Any`, as JSON. */
export function anyOf<Desc extends DescMessage>(schema: Desc, message: MessageJsonType<Desc>): AnyJson {
  return { "@type": `type.googleapis.com/${schema.typeName}`, ...(message as object) };
}
