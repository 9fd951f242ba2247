import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { layers } from "../../scripts/lib/layers.mjs";
import { root } from "../../scripts/lib/root.mjs";

/** An import of one file of ours: what it says, and the file that it means where that is one of ours. */
export interface ImportOf {
  readonly from: string;
  readonly specifier: string;
  /** Relative to the checkout, with forward slashes; absent for packages. */
  readonly target?: string;
}

/** Every file that is or would be in the repository, relative to it; nothing that git ignores. */
export function repositoryFiles(): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"], { cwd: root, encoding: "utf8" });
  const deleted = new Set(execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: root, encoding: "utf8" }).split("\0"));
  return listed.split("\0").filter((file) => file !== "" && !deleted.has(file)).sort();
}

/** The text of a file of ours. */
export function textOf(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/** Written by a tool from something else that is in the repository. */
export function isGenerated(file: string): boolean {
  return file.startsWith("src/core/proto/") || file === "package-lock.json" || file.startsWith("docs/reference/") || file === "docs/benchmarks.md";
}

/** The imports and re-exports of one file, as the compiler reads them. */
export function importsOf(file: string): readonly ImportOf[] {
  const found = ts.preProcessFile(textOf(file), true, true).importedFiles;
  return found.map(({ fileName }) => {
    if (!fileName.startsWith(".")) return { from: file, specifier: fileName };
    return { from: file, specifier: fileName, target: path.posix.normalize(path.posix.join(path.posix.dirname(file), fileName)) };
  });
}

/** The layer of a file in src (`core/match`, `edge/api`, `main`); undefined where the table has none for it. */
export function layerOf(file: string): string | undefined {
  const [src, ...rest] = file.split("/");
  if (src !== "src") return undefined;
  const two = rest.slice(0, 2).join("/");
  return [two, rest[0] ?? ""].find((name) => name in layers);
}
