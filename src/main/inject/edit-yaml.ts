import { isMap, isScalar, isSeq, parseDocument, Scalar, visit, type CollectionTag, type Document, type Node, type ScalarTag, type Tags, type ToStringOptions } from "yaml";
import { namesOfPointer } from "../../core/base/json-path.ts";
import type { PatchOperation } from "../../core/kubernetes/admission/patch-between.ts";
import { writeOut } from "./plain-yaml.ts";

/**
 * A YAML document with these changes made, as text that ends with a line break. Comments, order, quotes and numbers stay as they
 * were written; indentation and line breaks within values are as the document has them mostly. An anchor stays where nobody uses it only
 * as what it names.
 */
export function editYaml(text: string, operations: readonly PatchOperation[]): string {
  const document = parseDocument(text, { merge: true, uniqueKeys: false, stringKeys: true, customTags });
  writeOut(document);
  for (const operation of operations) apply(document, operation);
  return document.toString(styleOf(text));
}

/** Numbers as their author wrote them: `0644` is another number to Kubernetes than to YAML 1.2. */
function customTags(tags: Tags): Tags {
  return tags.map((tag) => (typeof tag !== "string" && isNumberTag(tag) ? keepingSource(tag) : tag));
}

function isNumberTag(tag: ScalarTag | CollectionTag): tag is ScalarTag {
  return tag.collection === undefined && /:(int|float)$/.test(tag.tag);
}

function keepingSource(tag: ScalarTag): ScalarTag {
  return { ...tag, stringify: (item, ...others) => item.source ?? tag.stringify?.(item, ...others) ?? String(item.value) };
}

function apply(document: Document, operation: PatchOperation): void {
  const path = namesOfPointer(operation.path);
  const [parentPath, name = ""] = [path.slice(0, -1), path.at(-1)];
  const parent = document.getIn(parentPath, true);
  if (!isMap(parent) && !isSeq(parent)) throw new Error(`nothing can be written at ${operation.path}`);
  // `volumes: []` is a list like any other once there is something in it.
  if (parent.items.length === 0) parent.flow = false;
  if (operation.op === "remove") parent.delete(name);
  else if (isSeq(parent) && operation.op === "add") insert(parent.items, Number(name), nodeOf(document, operation.value), parent);
  else parent.set(isSeq(parent) ? Number(name) : name, nodeOf(document, operation.value));
}

/** A comment above a list is one about its first item. */
function insert(items: unknown[], index: number, node: Node, list: { commentBefore?: string | null }): void {
  const first = items[0] as Node | undefined;
  if (index === 0 && first !== undefined && list.commentBefore) {
    first.commentBefore = list.commentBefore;
    list.commentBefore = null;
  }
  items.splice(index, 0, node);
}

/** Texts that another reader of YAML than ours takes for something else: 1.1 is what Kubernetes reads. */
const ambiguous = /^([-+.]?\d.*|y|n|yes|no|on|off|true|false|null|~|=|<<)$/i;

function nodeOf(document: Document, value: unknown): Node {
  const node = document.createNode(value, { aliasDuplicateObjects: false });
  visit(node, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value !== "string") return;
      if (scalar.value.includes("\n")) scalar.type = Scalar.BLOCK_LITERAL;
      else if (ambiguous.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new Error("what is written has to be JSON");
  return node;
}

/** How the text is indented, by the first place that shows it. */
function styleOf(text: string): ToStringOptions {
  const nested = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)([^\s#])/gm;
  let [indent, indentSeq]: [number | undefined, boolean | undefined] = [undefined, undefined];
  for (const [, outer = "", inner = "", first] of text.replaceAll("\r\n", "\n").matchAll(nested)) {
    if (first === "-") indentSeq ??= inner.length > outer.length;
    else if (inner.length > outer.length) indent ??= inner.length - outer.length;
  }
  return { lineWidth: 0, indent: indent ?? 2, indentSeq: indentSeq ?? true, flowCollectionPadding: !/[{[][^\s{}[\]]/.test(text) };
}
