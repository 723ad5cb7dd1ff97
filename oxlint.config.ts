import { defineConfig, type OxlintOverride } from "oxlint";

/**
 * The rooms of the product, lowest first. A room imports from itself and from the lines above its own; rooms of one line do
 * not import each other.
 */
export const order = [
  ["contract"],
  ["platform"],
  ["model"],
  ["adapters"],
  ["inbox"],
  ["payments"],
  ["catalogue"],
  ["buyers"],
  ["credits"],
  ["invoices"],
  ["news"],
  ["plans"],
  ["checkout", "refunds"],
  ["deletion", "webhooks"],
  ["reconciliation"],
  ["admin"],
];
export const rooms = order.flat();
/** Rooms that know neither documents nor the database. */
const pureRooms = new Set(["model", "adapters"]);
export const edges = ["functions", "triggers"];
/** Files beside the rooms that none of them imports. */
const roots = ["index", "options", "router", "server"];

const firestore = "@google-cloud";
const firebase = ["firebase-admin", "firebase-functions"];

interface Border {
  files: string[];
  /** Relative imports that are refused, as regular expressions of the specifier. */
  refused?: string[];
  /** The only relative imports that are not refused, as globs. */
  only?: string[];
  /** Packages that are refused, with all below them. */
  packages?: string[];
  /** What to do instead. */
  message: string;
}

const anyPackage = "^[^.]";
const database = "/(?:db|committer|platform/(?:compareAndSet|context|document))\\.ts$";

/** Borders are drawn by how a path begins, so that no path may go down and up again. */
const detour = toPattern("[^./]/\\.{1,2}/|^\\./\\.|/\\./", "Import by the shortest path");
const outside = toPattern(
  "^(?:\\.{1,2}/)+(?:src|build|lib|client|cli|local|web|tests|bench|node_modules)/",
  "The product imports nothing from outside functions/src",
);

/** Oxlint drops a regular expression that it cannot read without a word, and it reads no lookaround. */
function toPattern(regex: string, message: string): { regex: string; message: string } {
  if (/\(\?[!=<]/.test(regex)) throw new Error(`Cannot draw a border by "${regex}": it has a lookaround`);
  return { regex, message };
}

/** Imports of a room or of a file beside the rooms, however many levels up. */
function upTo(name: string): string {
  return `^(?:\\.{1,2}/)+${name}${roots.includes(name) ? "\\.ts$" : "/"}`;
}

/** Type imports count, too. Tests beside their source may look at everything. */
function toOverride({ files, refused = [], only = [], packages = [], message }: Border): OxlintOverride {
  const isProduct = files.some((glob) => glob.startsWith("functions/src/"));
  const group = ["./**", "../**", ...only.map((glob) => `!${glob}`)];
  const patterns = [
    ...[...refused, ...packages.map((name) => `^${name}(?:/|$)`)].map((regex) => toPattern(regex, message)),
    ...(isProduct ? [detour, outside] : [detour]),
    // Last, since what a glob lets pass is not looked at again.
    ...(only.length > 0 ? [{ group, message }] : []),
  ];
  return {
    files,
    excludeFiles: ["**/*.test.ts"],
    rules: { "no-restricted-imports": ["error", { patterns }] },
  };
}

/** Everything in functions/src but these rooms, from outside of it. */
function allBut(allowed: string[]): string {
  const others = [...rooms, ...edges].filter((name) => !allowed.includes(name));
  return `^(?:\\.{1,2}/)+functions/(?:build/|lib/|src/(?:[^/]+\\.ts$|(?:${others.join("|")})/))`;
}

/** A query that is built by hand would escape the test that compares the declared ones with firestore.indexes.json. */
function toUndeclared(property: string) {
  const message =
    "Declare the query in the `queries` of a db.ts and build it with toQuery of platform/query.ts";
  return { property, message };
}

const roomBorders = order.flatMap((line, level) =>
  line.flatMap((room): Border[] => {
    const above = order.slice(level).flat();
    const refused = [...above.filter((other) => other !== room), ...edges, ...roots].map(upTo);
    const ofProviders = room === "adapters" ? [] : ["adapters/(?:stripe/|providers\\.ts)"];
    const isPure = pureRooms.has(room);
    const border = {
      refused: [...refused, ...ofProviders, ...(isPure ? [database] : [])],
      message: "A room imports what is below it, see the order in oxlint.config.ts",
    };
    const packages = [...(room === "platform" ? [] : firebase), "stripe"];
    const whole = { ...border, files: [`functions/src/${room}/**/*.ts`], packages: [...packages, firestore] };
    return isPure ? [whole] : [whole, { ...border, files: [`functions/src/${room}/**/db.ts`], packages }];
  }),
);

const edgeBorder = {
  refused: [database],
  packages: [firestore, "firebase-admin", "stripe", "zod"],
  message: "An edge calls a room: it opens no commit, and imports no other edge",
};

/** The floors of local Stripe, lowest first. */
export const floors = ["platform", "objects", "operations", "http"];

/**
 * Local Stripe stands alone: what climbs higher than the folders a file lies in would leave it. Above the floors are the
 * files beside them and the tests' kit.
 */
function toLocalStripeBorders(depth: number): Border[] {
  const message =
    "Local Stripe stands alone; on its floors imports go down: http, operations, objects, platform";
  const left = `^(?:\\.\\./){${depth + 1}}`;
  const whole = { files: [`local/stripe/${"*/".repeat(depth)}*.ts`], refused: [left], message };
  const ofFloors = floors.map((floor, level) => ({
    files: [`local/stripe/${floor}/${"*/".repeat(depth - 1)}*.ts`],
    refused: [
      ...[...floors.slice(level + 1), "testing"].map(upTo),
      `^(?:\\.\\./){${depth}}[^./]+\\.ts$`,
      left,
    ],
    message,
  }));
  return [whole, ...ofFloors];
}

const borders: Border[] = [
  {
    files: ["functions/src/**/*.ts"],
    refused: [".*"],
    message: "Name this folder in the order of the rooms in oxlint.config.ts",
  },
  ...roomBorders,
  {
    files: ["functions/src/contract/**/*.ts"],
    refused: ["^\\.\\./", anyPackage],
    message: "The contract is types and constants: apps read it",
  },
  {
    files: ["functions/src/platform/**/*.ts"],
    refused: [...rooms.filter((room) => !["contract", "platform"].includes(room)), ...edges, ...roots].map(
      upTo,
    ),
    packages: ["stripe"],
    message: "The platform knows no room",
  },
  {
    files: ["functions/src/credits/account/**/*.ts"],
    only: ["./**", "../../contract/**"],
    packages: [firestore, ...firebase, "stripe", "zod"],
    message: "An account is pure: it imports the contract and itself",
  },
  {
    files: ["functions/src/credits/operations/**/*.ts"],
    refused: [database],
    only: [
      "./**",
      "../account/**",
      "../entitlement.ts",
      "../inputs.ts",
      "../../contract/**",
      "../../platform/**",
    ],
    packages: [firestore, ...firebase, "stripe"],
    message: "A decision about an account knows no database",
  },
  {
    files: ["functions/src/adapters/stripe/**/*.ts"],
    refused: [...[...order.slice(4).flat(), ...edges, ...roots].map(upTo), database],
    packages: [firestore, ...firebase],
    message: "An adapter translates: no database, no clock, no credits",
  },
  {
    ...edgeBorder,
    files: edges.map((folder) => `functions/src/${folder}/**/*.ts`),
    only: [...rooms.filter((room) => room !== "adapters").map((room) => `../${room}/**`), "../options.ts"],
  },
  {
    ...edgeBorder,
    files: ["functions/src/router.ts"],
    only: ["./contract/**", "./platform/**", "./webhooks/**", "./options.ts"],
  },
  {
    files: ["functions/src/options.ts"],
    refused: [...edges, "router", "index", "server"].map(upTo),
    packages: ["firebase-admin", "stripe"],
    message: "The options are below the edges",
  },
  {
    files: ["functions/src/server.ts"],
    refused: [anyPackage],
    only: ["./contract/**", "./credits/**", "./platform/**"],
    message: "What apps import knows credits alone",
  },
  {
    files: ["functions/src/index.ts"],
    refused: [anyPackage],
    only: [...edges.map((edge) => `./${edge}/**`), "./router.ts"],
    message: "index.ts names the deployed functions, nothing else",
  },
  {
    files: ["client/**/*.ts", "web/**/*.ts"],
    refused: [allBut(["contract"]), "^(?:\\.{1,2}/)+(?:local|tests|bench)/"],
    packages: [firestore, ...firebase, "stripe"],
    message: "A client knows the functions by their contract alone",
  },
  {
    files: ["local/**/*.ts"],
    refused: [allBut(["contract", "adapters"])],
    message: "The launcher knows the functions by their contract and their providers",
  },
  { files: ["local/stripe/*.ts"], refused: ["^\\.\\./"], message: "Local Stripe stands alone" },
  ...[1, 2, 3].flatMap(toLocalStripeBorders),
  {
    files: ["functions/build/**/*.ts"],
    refused: ["\\.\\./src/"],
    message: "The build reads the product's files, it does not load them",
  },
];

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "node", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true },
  ignorePatterns: ["functions/lib", "web/dist", ".cache"],
  rules: {
    "no-await-in-loop": "off",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-duplicates": ["error", { preferInline: true }],
    "import/no-default-export": "error",
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "until*"] }],
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
  },
  overrides: [
    {
      files: ["*.config.ts", "tests/mutation/vitest.config.ts", "tests/kit/**/reporter.ts"],
      rules: { "import/no-default-export": "off" },
    },
    ...borders.map(toOverride),
    {
      files: ["functions/src/**/*.ts"],
      excludeFiles: ["**/*.test.ts", "functions/src/platform/query.ts"],
      rules: { "no-restricted-properties": ["error", ...["where", "orderBy"].map(toUndeclared)] },
    },
  ],
});
