import type { HostVerdict } from "../../test/kit/envoy-admin.ts";
import { httpAsk } from "../../test/kit/http-request.ts";
import type { Member } from "../../test/kit/mesh-member.ts";
import type { Expectations, Finding } from "./expectations.ts";
import type { Screen } from "./screen.ts";
import type { Stage } from "./stage.ts";
import { seconds, timeToLeave, timeToReturn } from "./time-to-verdict.ts";
import type { Bounds, CheckTiming, Failing } from "./time-to-verdict.ts";
import { verdictText } from "./verdict-table.ts";

/** What every act of the story works with. */
export interface Show {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly expectations: Expectations;
  /** False: the story is told, but nothing is broken; a demo that still passed would look at nothing. */
  readonly withFaults: boolean;
  /** The mesh takes nothing but mutual TLS. */
  readonly withMtls: boolean;
  /** One backend is broken, and nothing else. */
  readonly isShort: boolean;
}

/** Seven busy processes, an admin page and a look every few ms lie between a verdict and its being read. */
const readingMs = 1000;
const clockMs = 100;

export interface Fault {
  readonly member: Member;
  readonly cluster: string;
  readonly timing: CheckTiming;
  readonly failing: Failing;
  /** What the app does wrong, as a sentence without its name. */
  readonly does: string;
  inject(): void | Promise<void>;
  repair(): void | Promise<void>;
}

/** Injects a fault and expects web's Envoy to take the endpoint out in the time that the policy allows. */
export async function expectToLeave(show: Show, fault: Fault): Promise<void> {
  const bounds = timeToLeave(fault.timing, fault.failing);
  await show.expectations.expect(`${fault.member.app.name} ${fault.does}: it leaves ${within(bounds)}`, async () => {
    const start = performance.now();
    if (show.withFaults) await fault.inject();
    return await timed(show, fault, false, bounds, start);
  });
}

/** Repairs it and expects the endpoint back. */
export async function expectToReturn(show: Show, fault: Fault): Promise<void> {
  const bounds = timeToReturn(fault.timing, fault.failing);
  await show.expectations.expect(`${fault.member.app.name} is well again: it comes back ${within(bounds)}`, async () => {
    const before = await verdictOf(show, fault);
    const start = performance.now();
    if (show.withFaults) await fault.repair();
    if (before?.healthy !== false) return { held: false, evidence: "it had not left" };
    return await timed(show, fault, true, bounds, start);
  });
}

async function timed(show: Show, fault: Fault, healthy: boolean, bounds: Bounds, start: number): Promise<Finding> {
  for (;;) {
    const verdict = await verdictOf(show, fault);
    const tookMs = performance.now() - start;
    const late = tookMs > bounds.atMostMs + readingMs;
    if (verdict?.healthy === healthy) {
      const held = !late && tookMs >= bounds.atLeastMs - clockMs;
      return { held, evidence: `measured: ${verdictText(verdict)} after ${seconds(tookMs)}; computed: ${bounds.formula}` };
    }
    if (late) return { held: false, evidence: `still ${verdict === undefined ? "absent" : verdictText(verdict)} after ${seconds(tookMs)}; computed: ${bounds.formula}` };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function verdictOf({ stage }: Show, fault: Fault): Promise<HostVerdict | undefined> {
  return await stage.web.envoy.admin.verdict(fault.cluster, fault.member.endpoint);
}

function within({ atLeastMs, atMostMs }: Bounds): string {
  return atLeastMs === 0 ? `within ${seconds(atMostMs)}` : `after ${seconds(atLeastMs)} to ${seconds(atMostMs)}`;
}

/** Requests to `backend` through the listener that web's Envoy has for it, some at a time: who answered, and what failed. */
export async function askBackend({ stage }: Show, count: number, method = "GET"): Promise<{ readonly by: ReadonlyMap<string, number>; readonly failed: readonly number[] }> {
  const by = new Map<string, number>();
  const failed: number[] = [];
  for (let sent = 0; sent < count; sent += 6) {
    const outcomes = await Promise.all(Array.from({ length: Math.min(6, count - sent) }, () => httpAsk(stage.outbounds.backend, { method })));
    for (const { status, headers } of outcomes) {
      const app = String(headers["x-app"] ?? "nobody");
      by.set(app, (by.get(app) ?? 0) + 1);
      if (status !== 200) failed.push(status);
    }
  }
  return { by, failed };
}

/** `backend-1 20, backend-2 19`. */
export function counted(by: ReadonlyMap<string, number>): string {
  return [...by].sort(([a], [b]) => a.localeCompare(b)).map(([name, count]) => `${name} ${count}`).join(", ");
}
