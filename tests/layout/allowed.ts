import { edges, floors, order, rooms } from "../../oxlint.config.ts";
import {
  admin,
  below,
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

/** What the linter is to let pass. */
export const allowed: Record<string, Plant[]> = {
  "a lower room, in a room": rooms
    .filter((room) => room !== "contract")
    .flatMap(filesOf)
    .flatMap((file) => toImports(file, below(file.split("/")[2] ?? "").map(planted))),
  "a room's own files": rooms.flatMap((room) => [
    ...importsOf(`functions/src/${room}/planted.ts`, "./other.ts"),
    ...(room === "contract" ? [] : importsOf(`functions/src/${room}/folder/planted.ts`, "../other.ts")),
  ]),
  "Firestore in a db.ts": everyImport(
    order
      .slice(order.findIndex((names) => names.includes("inbox")))
      .flat()
      .map((room) => `functions/src/${room}/db.ts`),
    firestore,
  ),
  "Firebase in the platform": everyImport(
    ["functions/src/platform/planted.ts"],
    [...firestore, ...admin, ...functions],
  ),
  "Stripe in its adapter": importsOf("functions/src/adapters/stripe/planted.ts", "stripe"),
  "an adapter among the providers": importsOf("functions/src/adapters/providers.ts", "./stripe/provider.ts"),
  "a room and the options at an edge": [
    ...edgeFiles.flatMap((file) =>
      toImports(file, ["contract/planted.ts", "platform/planted.ts", "webhooks/planted.ts", "options.ts"]),
    ),
    ...everyImport(edgeFiles, functions),
  ],
  "every room at a callable or a trigger": edges.flatMap((edge) =>
    toImports(`functions/src/${edge}/planted.ts`, rooms.filter((room) => room !== "adapters").map(planted)),
  ),
  "every room, Firestore and Firebase in the options": [
    ...toImports("functions/src/options.ts", [...rooms.map(planted), "adapters/providers.ts"]),
    ...everyImport(["functions/src/options.ts"], [...firestore, ...functions]),
  ],
  "credits in server.ts": toImports("functions/src/server.ts", ["credits/planted.ts", "contract/planted.ts"]),
  "the edges in index.ts": toImports("functions/src/index.ts", [...edges.map(planted), "router.ts"]),
  "the contract in a client": [
    ...importsOf("client/planted.ts", "../functions/src/contract/planted.ts"),
    ...importsOf("web/src/planted.ts", "../../client/planted.ts"),
    ...importsOf("web/src/planted.ts", "firebase/functions"),
  ],
  "the contract and the providers in the launcher": everyImport(
    ["local/planted.ts"],
    ["../functions/src/contract/planted.ts", "../functions/src/adapters/providers.ts"],
  ),
  "a lower floor in local Stripe": floors.flatMap((floor, level) =>
    everyImport(
      [`local/stripe/${floor}/planted.ts`],
      floors.slice(0, level).map((lower) => `../${lower}/planted.ts`),
    ),
  ),
  "anything in a test beside its source": everyImport(
    [...rooms, ...edges].map((folder) => `functions/src/${folder}/planted.test.ts`),
    [
      ...[...rooms, ...edges].map((folder) => `../${folder}/planted.ts`),
      "../options.ts",
      "../../../tests/kit/planted.ts",
      ...firestore,
      ...functions,
      ...stripe,
    ],
  ),
};
