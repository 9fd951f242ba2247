import { matchesLabels, pairText } from "../base/labels.ts";
import type { Labels } from "../model/resource.ts";

/**
 * Finds among things with labels those that a selector fits, and among selectors those that fit given labels, without a look at the
 * others. Values are exact: `*` means nothing in Kubernetes' selectors, and cannot be a label's value.
 */
export interface LabelIndex {
  putLabels(name: string, labels: Labels | undefined): void;
  putSelector(name: string, selector: Labels | undefined): void;
  /** Names of what has labels that the selector fits, sorted. An empty selector fits nothing. */
  selected(selector: Labels | undefined): readonly string[];
  /** Names of the selectors that fit these labels, sorted. */
  selecting(labels: Labels): readonly string[];
}

export function createLabelIndex(): LabelIndex {
  const labelled = createTable((labels) => Object.entries(labels).map(([key, value]) => pairText(key, value)));
  const selectors = createTable((selector) => [firstPair(selector)]);
  return {
    putLabels: labelled.put,
    putSelector: selectors.put,
    selected: (selector = {}) => {
      const pair = firstPair(selector);
      return sorted(labelled.at(pair).filter(([, labels]) => matchesLabels(selector, labels)));
    },
    selecting: (labels) => {
      const candidates = Object.entries(labels).flatMap(([key, value]) => selectors.at(pairText(key, value)));
      return sorted(candidates.filter(([, selector]) => matchesLabels(selector, labels)));
    },
  };
}

/** A selector is found under one of its pairs: what it fits has them all. */
function firstPair(selector: Labels): string {
  const [pair] = Object.entries(selector);
  return pair === undefined ? "" : pairText(pair[0], pair[1]);
}

function sorted(found: readonly (readonly [string, Labels])[]): readonly string[] {
  return found.map(([name]) => name).sort();
}

interface Table {
  put(name: string, labels: Labels | undefined): void;
  at(key: string): readonly (readonly [string, Labels])[];
}

function createTable(keysOf: (labels: Labels) => readonly string[]): Table {
  const all = new Map<string, Labels>();
  const byKey = new Map<string, Set<string>>();
  return {
    put: (name, labels) => {
      for (const key of keysOf(all.get(name) ?? {})) {
        const names = byKey.get(key);
        if (names?.delete(name) === true && names.size === 0) byKey.delete(key);
      }
      if (labels === undefined) all.delete(name);
      else all.set(name, labels);
      for (const key of keysOf(labels ?? {})) byKey.set(key, (byKey.get(key) ?? new Set()).add(name));
    },
    at: (key) => [...(key === "" ? [] : (byKey.get(key) ?? []))].map((name) => [name, all.get(name) ?? {}] as const),
  };
}
