import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { toCells } from "./cells.ts";
import { deployedRules, openRulesDatabase } from "./database.ts";
import type { RulesDatabase } from "./database.ts";
import { forgeries, missing, stored } from "./seed.ts";

let database: RulesDatabase;

beforeAll(async () => {
  database = await openRulesDatabase(inject("suite").firestoreHost);
  await database.load(deployedRules);
});

afterAll(() => database.close());

describe("firestore.rules", () => {
  const cells = toCells();
  const named = cells.map((cell) => [cell.name, cell] as const);
  it.concurrent.for(named)("%s", async ([, cell]) => {
    expect(await database.decide(cell)).toBe(cell.expected);
  });

  it("is asked for every document there is or might be", () => {
    const asked = new Set(cells.map(({ target }) => target));
    const known = [...stored.keys(), ...missing.keys(), ...forgeries.keys()];
    expect(known.filter((path) => !asked.has(path))).toEqual([]);
  });
});
