import { edges, floors, rooms } from "../../oxlint.config.ts";
import {
  above,
  admin,
  edgeFiles,
  everyImport,
  filesOf,
  firestore,
  functions,
  importsOf,
  planted,
  stripe,
  toImports,
  type Plant,
} from "./plants.ts";

const localStripe = floors.map((floor) => `local/stripe/${floor}/folder/planted.ts`);

/** What the linter is to refuse, by the border that it crosses. */
export const forbidden: Record<string, Plant[]> = {
  ...Object.fromEntries(
    rooms.map((room) => [
      `a room or an edge above "${room}", in "${room}"`,
      filesOf(room).flatMap((file) =>
        toImports(file, [
          ...[...above(room), ...edges].map(planted),
          "index.ts",
          "options.ts",
          "router.ts",
          "server.ts",
        ]),
      ),
    ]),
  ),
  "Firestore in a pure file": everyImport(
    [
      ...["contract", "model", "adapters"].flatMap(filesOf),
      "functions/src/credits/account/planted.ts",
      "functions/src/credits/account/db.ts",
      "functions/src/credits/operations/planted.ts",
      "functions/src/credits/operations/db.ts",
    ],
    [...firestore, ...admin],
  ),
  "Firestore outside a db.ts": everyImport(
    rooms.filter((room) => room !== "platform").map((room) => `functions/src/${room}/planted.ts`),
    [...firestore, ...admin],
  ),
  "the database in a pure file": [
    "model",
    "adapters",
    "adapters/stripe",
    "credits/account",
    "credits/operations",
  ].flatMap((folder) =>
    toImports(`functions/src/${folder}/planted.ts`, [
      "platform/compareAndSet.ts",
      "platform/context.ts",
      "platform/document.ts",
      "credits/db.ts",
    ]),
  ),
  "zod in an account": importsOf("functions/src/credits/account/planted.ts", "zod"),
  "anything but itself in the contract": everyImport(filesOf("contract"), [
    "zod",
    "node:crypto",
    "../planted.ts",
  ]),
  "Stripe outside its adapter": everyImport(
    [
      ...rooms.flatMap(filesOf),
      ...edgeFiles,
      "functions/src/adapters/other/planted.ts",
      "functions/src/options.ts",
      "functions/src/server.ts",
      "functions/src/index.ts",
      "client/planted.ts",
      "web/src/planted.ts",
    ],
    stripe,
  ),
  "Firebase's functions in a room": everyImport(
    rooms.filter((room) => room !== "platform").flatMap(filesOf),
    functions,
  ),
  "an adapter in a room": rooms
    .filter((room) => room !== "adapters")
    .flatMap(filesOf)
    .flatMap((file) => toImports(file, ["adapters/stripe/adapter.ts", "adapters/providers.ts"])),
  "the database or credits in an adapter": [
    ...everyImport(["functions/src/adapters/stripe/planted.ts"], [...firestore, ...admin, ...functions]),
    ...toImports("functions/src/adapters/stripe/planted.ts", [
      "inbox/planted.ts",
      "payments/planted.ts",
      "credits/planted.ts",
      "credits/account/planted.ts",
      "options.ts",
    ]),
  ],
  "an edge in an edge": edgeFiles.flatMap((file) => [
    ...toImports(file, [...edges.map(planted), "router.ts", "index.ts", "server.ts"]),
    ...importsOf(file, "./other.ts"),
  ]),
  "a commit at an edge": [
    ...edgeFiles.flatMap((file) =>
      toImports(file, ["credits/db.ts", "webhooks/db.ts", "inbox/committer.ts", "platform/compareAndSet.ts"]),
    ),
    ...everyImport(edgeFiles, [...firestore, ...admin]),
  ],
  "an adapter at an edge": edgeFiles.flatMap((file) => toImports(file, ["adapters/factory.ts"])),
  "an edge in the options": toImports("functions/src/options.ts", [
    ...edges.map(planted),
    "router.ts",
    "index.ts",
    "server.ts",
  ]),
  "a room but that of credits in server.ts": toImports(
    "functions/src/server.ts",
    [...rooms.filter((room) => !["contract", "credits", "platform"].includes(room)), ...edges].map(planted),
  ),
  "Firestore in server.ts": everyImport(["functions/src/server.ts"], [...firestore, ...admin, ...functions]),
  "anything but edges in index.ts": [
    ...toImports("functions/src/index.ts", [...rooms.map(planted), "options.ts", "server.ts"]),
    ...everyImport(["functions/src/index.ts"], functions),
  ],
  "what lies outside the product, in the product": [
    ...everyImport(
      [...rooms, ...edges].map((folder) => `functions/src/${folder}/planted.ts`),
      [
        "../../build/planted.ts",
        "../../../client/planted.ts",
        "../../../local/planted.ts",
        "../../../tests/kit/planted.ts",
        "../../../web/src/planted.ts",
      ],
    ),
    ...everyImport(
      ["functions/src/options.ts", "functions/src/router.ts", "functions/src/server.ts"],
      ["../../local/planted.ts"],
    ),
  ],
  "a border crossed by a detour": [
    ...importsOf("functions/src/credits/planted.ts", "../../src/checkout/planted.ts"),
    ...importsOf("functions/src/credits/planted.ts", "../credits/../checkout/planted.ts"),
    ...importsOf("functions/src/credits/planted.ts", ".././checkout/planted.ts"),
    ...importsOf("functions/src/credits/account/planted.ts", "./../db.ts"),
    ...importsOf("local/stripe/http/planted.ts", "./../../paths.ts"),
  ],
  "a border crossed by another kind of import": [
    'export { planted } from "../checkout/planted.ts";',
    'export type { Planted } from "../checkout/planted.ts";',
    'export * from "../checkout/planted.ts";',
    'import "../checkout/planted.ts";',
    'import * as everything from "../checkout/planted.ts";',
    'await import("../checkout/planted.ts");',
  ].map((line) => ({ file: "functions/src/credits/planted.ts", line })),
  "more than the contract in a client": [
    ...everyImport(
      ["client/planted.ts"],
      [
        ...rooms.slice(1).map((room) => `../functions/src/${room}/planted.ts`),
        "../functions/src/index.ts",
        "../functions/build/planted.ts",
        "../local/planted.ts",
        "../tests/kit/planted.ts",
      ],
    ),
    ...everyImport(
      ["client/folder/planted.ts", "web/src/planted.ts"],
      ["../../functions/src/platform/planted.ts", "../../functions/src/options.ts", "../../local/planted.ts"],
    ),
    ...everyImport(["client/planted.ts", "web/src/planted.ts"], [...firestore, ...admin, ...functions]),
  ],
  "more than the contract and the providers in the launcher": everyImport(
    ["local/planted.ts"],
    [
      ...rooms
        .filter((room) => !["contract", "adapters"].includes(room))
        .map((room) => `../functions/src/${room}/planted.ts`),
      "../functions/src/options.ts",
    ],
  ),
  "the product or the launcher in local Stripe": [
    ...everyImport(localStripe, [
      "../../../../functions/src/contract/planted.ts",
      "../../../../functions/src/adapters/planted.ts",
      "../../../../client/planted.ts",
      "../../../planted.ts",
      "../../../emulators/planted.ts",
    ]),
    ...everyImport(
      ["local/stripe/planted.ts"],
      ["../planted.ts", "../../functions/src/contract/planted.ts", "../emulators/planted.ts"],
    ),
  ],
  "a higher floor in local Stripe": floors.flatMap((floor, level) =>
    ["", "folder/"].flatMap((folder) => {
      const climb = folder === "" ? "../" : "../../";
      const higher = [...floors.slice(level + 1), "testing"].map((name) => `${climb}${name}/planted.ts`);
      return everyImport([`local/stripe/${floor}/${folder}planted.ts`], [...higher, `${climb}planted.ts`]);
    }),
  ),
  "the product's files in its build": everyImport(["functions/build/planted.ts"], ["../src/index.ts"]),
};
