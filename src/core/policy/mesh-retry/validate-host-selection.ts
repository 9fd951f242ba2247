import { fieldPath } from "../../base/field-path.ts";
import { asNumber, asObject, asString, ownField } from "../../base/json.ts";
import { didYouMean } from "../../base/nearest-name.ts";
import type { Violation } from "../../base/violation.ts";

const predicates = ["OmitPreviousHosts", "OmitHostsWithTags", "OmitPreviousPriorities"];

/** What is wrong with a `hostSelection` beyond its shape. `path` is where the list stands. */
export function validateHostSelection(list: readonly unknown[], path: string): readonly Violation[] {
  const priorities = list.filter((each) => ownField(asObject(each), "predicate") === "OmitPreviousPriorities").length;
  const found: Violation[] = priorities > 1 ? [{ path, message: "OmitPreviousPriorities must only be specified once" }] : [];
  list.forEach((value, i) => {
    const item = asObject(value);
    const predicate = asString(ownField(item, "predicate"));
    const at = fieldPath(path, i);
    if (predicate !== undefined && !predicates.includes(predicate)) {
      found.push({ path: fieldPath(at, "predicate"), message: `unknown predicate type '${predicate}'${didYouMean(predicate, predicates)}` });
    }
    const tags = ownField(item, "tags");
    if (predicate === "OmitHostsWithTags" && (tags === undefined || isEmpty(tags))) {
      found.push({ path: fieldPath(at, "tags"), message: "must be defined" });
    }
    const frequency = asNumber(ownField(item, "updateFrequency"));
    if (predicate === "OmitPreviousPriorities" && frequency !== undefined && frequency <= 0) {
      found.push({ path: fieldPath(at, "updateFrequency"), message: "must be defined and greater than zero" });
    }
  });
  return found;
}

function isEmpty(value: unknown): boolean {
  const object = asObject(value);
  return object !== undefined && Object.keys(object).length === 0;
}
