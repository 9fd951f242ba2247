import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { dashboardQueries } from "../../../scripts/lib/chart/dashboard.ts";
import { chartFolder } from "../../../scripts/lib/chart/values-schema.ts";
import { root } from "../../../scripts/lib/root.mjs";
import { createMetrics } from "../../../src/edge/telemetry/metrics.ts";

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const words = new Set(["by", "sum", "max", "min", "rate", "increase", "absent", "time", "without", "on", "job", "namespace", "pod", "quantile", "time"]);

/** The names of metrics in a query: what is left without labels, durations, words of the language and what is grouped by. */
function metricsIn(query: string): readonly string[] {
  const bare = query.replace(/\{[^}]*\}/g, "").replace(/\[[^\]]*\]/g, "").replace(/\bby\s*\([^)]*\)/g, "");
  return [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*/g)].map(([name]) => name).filter((name) => !words.has(name));
}

/** Labels in braces and in `by (…)`, but for those that Prometheus adds itself. */
function labelsIn(query: string): readonly string[] {
  const inBraces = [...query.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = ""]) => [...inside.matchAll(/(\w+)\s*[=!]/g)].map(([, label = ""]) => label));
  const grouped = [...query.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, inside = ""]) => inside.split(",").map((label) => label.trim()));
  return [...inBraces, ...grouped].filter((label) => !["job", "namespace", "pod"].includes(label));
}

describe("alerts and dashboard", () => {
  const { alerts } = parse(readFileSync(path.join(chartFolder, "files", "alerts.yaml"), "utf8")) as { readonly alerts: readonly Alert[] };
  const queries = [...alerts.map(({ expr }) => expr), ...dashboardQueries()];
  let described: ReadonlyMap<string, readonly string[]>;
  let scraped: string;

  before(async () => {
    const metrics = createMetrics({ version: "0" });
    const families = (await metrics.describe()).flatMap(({ name, type, labels }) => {
      const parts = type === "histogram" ? ["_bucket", "_count", "_sum"] : type === "summary" ? ["", "_count", "_sum"] : [""];
      return parts.map((part) => [`${name}${part}`, [...labels, ...(part === "" && type === "summary" ? ["quantile"] : [])]] as const);
    });
    described = new Map(families);
    scraped = await metrics.text();
  });

  it("ask only for metrics that there are", () => {
    const asked = new Set(queries.flatMap(metricsIn));
    assert.ok(asked.size > 15, `only ${[...asked].join(", ")}`);
    const unknown = [...asked].filter((name) => !described.has(name) && !new RegExp(`^${name}[ {]`, "m").test(scraped));
    assert.deepEqual(unknown, []);
  });

  it("ask only for metrics that the reference page tells of", () => {
    const page = readFileSync(path.join(root, "docs", "reference", "metrics.md"), "utf8");
    const untold = [...new Set(queries.flatMap(metricsIn))].filter((name) => !page.includes(`\`${name.replace(/_(bucket|count|sum)$/, "")}\``) && !page.includes(`\`${name}\``));
    assert.deepEqual(untold, []);
  });

  it("use only labels that these metrics have", () => {
    for (const query of queries) {
      const names = metricsIn(query);
      const has = names.flatMap((name) => described.get(name) ?? []);
      assert.deepEqual(labelsIn(query).filter((label) => !has.includes(label)), [], query);
    }
  });

  it("tell of every alert how bad it is, what it is and what to do", () => {
    for (const { alert, labels, annotations } of alerts) {
      assert.match(labels["severity"] ?? "", /^(critical|warning)$/, alert);
      assert.ok((annotations["summary"] ?? "") !== "" && (annotations["description"] ?? "") !== "", alert);
    }
  });
});
