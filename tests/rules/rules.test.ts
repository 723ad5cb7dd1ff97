import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountCollections, collections } from "../../functions/src/contract/collections.ts";
import { suite } from "../kit/suite/suite.ts";
import { operations, toCells, type Cell } from "./cells.ts";
import { deployedRules, openRulesDatabase, type RulesDatabase } from "./database.ts";
import { forgeries, missing, stored } from "./seed.ts";

let database: RulesDatabase;

beforeAll(async () => {
  database = await openRulesDatabase(suite.firestoreHost);
  await database.load(deployedRules);
});

afterAll(() => database.close());

describe("firestore.rules", () => {
  const cells = toCells();
  const named = cells.map((cell) => [cell.name, cell] as const);
  it.concurrent.for(named)("%s", async ([, cell]) => {
    expect(await database.decide(cell)).toBe(cell.expected);
  });

  it("is asked for every operation on every collection that the functions have", () => {
    const names = [...Object.values(collections), ...Object.values(accountCollections)];
    const unasked = names.flatMap((collection) =>
      operations
        .filter(
          (operation) => !cells.some((cell) => cell.operation === operation && isAsked(collection, cell)),
        )
        .map((operation) => `${operation} ${collection}`),
    );
    expect(unasked).toEqual([]);
  });

  it("is asked for every document there is or might be", () => {
    const asked = new Set(cells.map(({ target }) => target));
    const known = [...stored.keys(), ...missing.keys(), ...forgeries.keys()];
    expect(known.filter((path) => !asked.has(path))).toEqual([]);
  });
});

function isAsked(collection: string, { target }: Cell): boolean {
  return target.split("/").slice(-2).includes(collection);
}
