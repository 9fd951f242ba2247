import { Readable } from "node:stream";
import { createCollector } from "../../src/core/doctor/collect.ts";
import { diagnose } from "../../src/core/doctor/diagnose.ts";
import { createLineParser } from "../../src/core/doctor/parse-line.ts";
import { reportOf } from "../../src/core/doctor/report.ts";
import { forEachLine } from "../../src/edge/doctor/read-lines.ts";
import { goalAtMost, type BenchResult } from "../result.ts";
import { logLine, type Form } from "./lines.ts";

export interface DoctorOptions {
  /** Lines of each log. */
  readonly lines: number;
}

interface Run {
  readonly form: Form;
  readonly ms: number;
  /** What reading the same bytes as lines takes, and for JSON parsing each, with nothing made of it. */
  readonly bareMs: number;
  readonly megabytes: number;
  readonly found: number;
  /** The same for four times as many lines. */
  readonly heapMb: number;
  readonly longHeapMb: number;
}

/** One line in twenty failed, by four causes. */
export async function runDoctor({ lines }: DoctorOptions): Promise<BenchResult> {
  const runs: Run[] = [];
  for (const form of ["istio", "json"] as const) {
    const blocks = blocksOf(form, lines);
    const bareMs = await bare(form, blocks);
    const { ms, found, heapMb } = await doctor(blocks);
    const long = await doctor([...blocks, ...blocks, ...blocks, ...blocks]);
    runs.push({ form, ms, bareMs, found, heapMb, longHeapMb: long.heapMb, megabytes: blocks.reduce((sum, block) => sum + block.length, 0) / 1e6 });
  }
  return {
    tables: [{
      title: `doctor: ${lines} lines of an access log`,
      columns: ["form", "MB", "s", "s for a million", "to reading alone", "findings", "heap MB", "heap MB, 4 times the lines"],
      rows: runs.map(({ form, ms, bareMs, megabytes, found, heapMb, longHeapMb }) => {
        return [form, megabytes.toFixed(0), (ms / 1000).toFixed(2), perMillion(ms, lines).toFixed(2), (ms / bareMs).toFixed(1), String(found), heapMb.toFixed(0), longHeapMb.toFixed(0)];
      }),
      notes: [
        "Seconds of one processor, from bytes in memory to the finished report, one line in twenty a failure. \"To reading alone\": against splitting the same bytes into lines, and for JSON reading each as JSON. The heap is the largest that was seen, garbage included.",
      ],
    }],
    goals: runs.map(({ form, ms }) => goalAtMost(`doctor: a million lines, ${form}`, 5, perMillion(ms, lines), "s")),
    warnings: [],
  };
}

function perMillion(ms: number, lines: number): number {
  return (ms / 1000) * (1e6 / lines);
}

/** Blocks as a file gives them: some thousand lines each, the same few over and over, as what differs is not what takes time. */
function blocksOf(form: Form, lines: number): Buffer[] {
  const each = Math.min(2500, lines);
  const kinds = Array.from({ length: 8 }, (_, block) => Buffer.from(Array.from({ length: each }, (_line, at) => `${logLine(form, block * each + at)}\n`).join("")));
  return Array.from({ length: Math.ceil(lines / each) }, (_, at) => kinds[at % kinds.length] ?? Buffer.alloc(0));
}

/** Time of the processor, so that what else runs on the machine counts less: it is the work of one thread. */
function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function bare(form: Form, blocks: readonly Buffer[]): Promise<number> {
  const start = process.cpuUsage();
  let seen = 0;
  await forEachLine(Readable.from(blocks), (line) => {
    seen += form === "json" ? Object.keys(JSON.parse(line) as object).length : line.length;
  });
  return seen === 0 ? Number.NaN : cpuMs(start);
}

async function doctor(blocks: readonly Buffer[]): Promise<{ readonly ms: number; readonly found: number; readonly heapMb: number }> {
  const collector = createCollector();
  const parser = createLineParser();
  let [lines, heap] = [0, 0];
  const start = process.cpuUsage();
  await forEachLine(Readable.from(blocks), (line) => {
    collector.add(parser.parse(line), "");
    if (++lines % 20_000 === 0) heap = Math.max(heap, process.memoryUsage().heapUsed);
  });
  const evidence = collector.finish({}, { name: "default", services: new Map() });
  const { findings } = reportOf(evidence, diagnose(evidence));
  return { ms: cpuMs(start), found: findings.length, heapMb: heap / 1e6 };
}
