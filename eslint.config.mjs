import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { emptyWords, layers } from "./scripts/lib/layers.mjs";

const declared = ["ClassDeclaration", "TSInterfaceDeclaration", "TSTypeAliasDeclaration", "FunctionDeclaration"];
const empty = `/(${emptyWords.join("|")})(?![a-z])/`;

const everywhere = [
  { selector: "ExportDefaultDeclaration", message: "Export by name: a thing has one name wherever it is used." },
  ...declared.map((node) => ({ selector: `${node}[id.name=${empty}]`, message: "This word says nothing; name the thing by what it is or does." })),
];

const inCore = [
  ...everywhere,
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "core has no clock: take the time as an argument." },
];

const impureGlobals = ["process", "Buffer", "console", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "performance", "crypto"];

/** The imports that a layer may not have: of every layer that the table does not give it. */
function importRules(layer) {
  const [side] = layer.split("/");
  const closed = Object.keys(layers).filter((other) => other !== layer && !layers[layer].includes(other));
  const patterns = closed.map((other) => ({
    regex: closedPath(side, other),
    message: `${layer} does not import ${other} (scripts/lib/layers.mjs).`,
  }));
  const outside = { regex: "^(\\.\\./)+(test|bench|scripts)/", message: "src stands on its own." };
  const pure = { regex: "^(node:|rxjs|@grpc/|pino|fastify|libsql|prom-client)", message: "core is pure: no I/O, no streams, no clock, no logger." };
  return { patterns: [...patterns, outside, ...(side === "core" ? [pure] : [])] };
}

/** How an import of `other` looks from a file on `side`: the side's own name is left out of a relative path there. */
function closedPath(side, other) {
  const [otherSide, ...rest] = other.split("/");
  const prefix = otherSide === side && rest.length > 0 ? `(${otherSide}/)?` : `${otherSide}/`;
  return `^(\\.\\./)+${prefix}${rest.length > 0 ? `${rest.join("/")}/` : ""}`;
}

const layerConfigs = Object.keys(layers).map((layer) => ({
  files: [`src/${layer}/**/*.ts`],
  ignores: ["**/*.test.ts"],
  rules: { "no-restricted-imports": ["error", importRules(layer)] },
}));

export default tseslint.config(
  // Generated, or not ours.
  { ignores: ["dist/", "node_modules/", ".cache/", "src/core/proto/", "**/*.d.mts", "bench/go-control-plane/"] },
  // The rules hold for everyone: no comment switches one off.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A number prints as it is meant to; anything else in a text has to be made text first.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => server.close()` reads well, and nobody looks at what it gives.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // What comes from outside has keys that only its sender knows; brackets say so.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // `for (;;)` and `while (true)` with a way out inside.
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: "only-allowed-literals" }],
      // What our factories return are closures: their functions need no `this`.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    rules: {
      eqeqeq: "error",
      "func-style": ["error", "declaration", { allowArrowFunctions: true }],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-depth": ["error", 4],
      "max-params": ["error", 5],
      complexity: ["error", 15],
      "no-console": "off",
      "no-param-reassign": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-restricted-syntax": ["error", ...everywhere],
    },
  },
  {
    // Plain JavaScript that runs before anything is installed, and tools' own files.
    files: ["**/*.mjs"],
    languageOptions: { globals: Object.fromEntries(["process", "console", "URL", "fetch", "setTimeout", "clearTimeout"].map((name) => [name, "readonly"])) },
  },
  // These two are loaded by tools that want a default export.
  { files: ["eslint.config.mjs", "scripts/lib/reporter.mjs"], rules: { "no-restricted-syntax": "off" } },
  // What a server says goes to its logger, what a command says to the terminal it was given.
  { files: ["src/**/*.ts"], rules: { "no-console": "error" } },
  {
    files: ["src/core/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-syntax": ["error", ...inCore],
      "no-restricted-globals": ["error", ...impureGlobals.map((name) => ({ name, message: "core is pure." }))],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "core has no clock: take the time as an argument." },
        { object: "Math", property: "random", message: "core gives the same for the same." },
      ],
    },
  },
  ...layerConfigs,
  {
    // A `describe` is as long as its cases; assertions on what was just made need no second look for undefined.
    files: ["**/*.test.ts", "test/contract/*-contract.ts"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
