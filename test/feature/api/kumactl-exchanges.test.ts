import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { jsonText } from "../../../src/edge/api/reply.ts";
import { formatCompatibilityPage } from "./compatibility-page.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";
import { differences } from "./differences.ts";
import { recordedStreams } from "./recorded-streams.ts";

interface Step {
  /** A request that brings about the state in which the next exchange was recorded. */
  readonly before?: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly id: string;
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly request?: string;
  readonly status: number;
  readonly contentType: string;
  readonly allow?: string;
  readonly body: unknown;
  /** The record holds only a part of the body. */
  readonly isExcerpt?: true;
  /** The body lists things by name under this field; what the two sides have in common is compared. */
  readonly namedIn?: string;
}

/** Exchanges between kumactl, or curl, and a Kuma control plane, in the order in which they were recorded. */
const steps = JSON.parse(readFileSync(new URL("kumactl-exchanges.json", import.meta.url), "utf8")) as readonly Step[];

describe("exchanges recorded between kumactl and a Kuma control plane", () => {
  let api: ApiUnderTest;
  before(() => {
    api = apiUnderTest();
    api.connected.push(...recordedStreams);
  });
  after(() => api.app.close());

  for (const step of steps) {
    if (step.before !== undefined) {
      const { method, path, body } = step.before;
      it(`(before: ${method} ${path})`, async () => {
        const { statusCode, body: answer } = await api.request(method, path, body);
        assert.ok(statusCode < 300, answer);
      });
      continue;
    }
    const difference = differences[step.id];
    it(`${step.id} ${step.title}: ${step.method} ${step.path}${difference === undefined ? "" : ` (differs: ${difference.why})`}`, async () => {
      const answer = await api.request(step.method, step.path, step.request, { host: "127.0.0.1:15681" });
      assert.equal(answer.statusCode, difference?.status ?? step.status, answer.body);
      assert.equal(answer.headers["content-type"], difference?.contentType ?? step.contentType);
      if (step.allow !== undefined) assert.equal(answer.headers.allow, step.allow);
      const recorded = typeof step.body === "string" ? step.body : jsonText(step.body);
      const expected = withoutTimes(difference === undefined ? recorded : difference.ours(recorded));
      if (step.namedIn !== undefined) {
        compareNamed(JSON.parse(expected), answer.json(), step.namedIn);
        return;
      }
      const answered = withoutTimes(answer.body);
      assert.equal(step.isExcerpt === true && answered.includes(expected) ? expected : answered, expected);
    });
  }

  it("every difference on purpose is one of an exchange that is replayed", () => {
    const ids = new Set(steps.map(({ id }) => id));
    for (const id of Object.keys(differences)) assert.ok(ids.has(id), id);
  });

  it("every difference is told on the page about compatibility", () => {
    const page = readFileSync(new URL("../../../docs/reference/kumactl-compatibility.md", import.meta.url), "utf8");
    assert.equal(page, formatCompatibilityPage(), "npm run generate writes it");
  });
});

/** Of two lists of named things, those that both know are the same, in the same order; there are some. */
function compareNamed(recorded: unknown, ours: unknown, field: string): void {
  const listIn = (body: unknown) => (body as Readonly<Record<string, readonly { readonly name: string }[]>>)[field] ?? [];
  const known = (list: unknown, other: unknown) => listIn(list).filter(({ name }) => listIn(other).some((one) => one.name === name));
  assert.ok(known(ours, recorded).length > 0);
  assert.deepEqual(known(ours, recorded), known(recorded, ours));
}

/** Times and tokens say nothing about compatibility. */
function withoutTimes(body: string): string {
  if (/^eyJ[\w-]+(\.[\w-]+){2}$/.test(body)) return "<a JWT>";
  return body.replace(/"(creationTime|modificationTime)": "[0-9TZ:.-]+"/g, '"$1": "<time>"');
}
