import { isMap, isScalar, isSeq, visit, type Document, type Node, type Pair, type YAMLMap } from "yaml";

/**
 * Writes a document out: every alias becomes a copy of what it stands for, every merge key the members that it brings. Whoever then
 * changes one place changes that place alone. The document has to have been read without complaint, so that there are not too many.
 */
export function writeOut(document: Document): void {
  visit(document, { Alias: (_, alias) => copyOf(alias.resolve(document)) });
  visit(document, { Map: (_, map) => writeOutMerges(map) });
  visit(document, {
    Value: (_, node) => {
      delete node.anchor;
    },
  });
}

function copyOf(node: Node | undefined): Node | undefined {
  return node?.clone() as Node | undefined;
}

function writeOutMerges(map: YAMLMap): void {
  if (!map.items.some(isMerge)) return;
  const own = new Set(map.items.filter((pair) => !isMerge(pair)).map(nameOf));
  map.items = map.items.flatMap((pair) => {
    if (!isMerge(pair)) return [pair];
    return sourcesOf(pair.value).flatMap((source) => {
      writeOutMerges(source);
      const brought = source.items.filter((each) => !own.has(nameOf(each)));
      for (const each of brought) own.add(nameOf(each));
      return brought.map((each) => each.clone());
    });
  });
}

function sourcesOf(value: unknown): readonly YAMLMap[] {
  if (isMap(value)) return [value];
  return isSeq(value) ? value.items.filter((item): item is YAMLMap => isMap(item)) : [];
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && (key.value === "<<" || typeof key.value === "symbol");
}

function nameOf({ key }: Pair): unknown {
  return isScalar(key) ? key.value : key;
}
