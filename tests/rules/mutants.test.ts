import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suite } from "../kit/suite/suite.ts";
import { toCells, type Cell } from "./cells.ts";
import { deployedRules, openRulesDatabase, type RulesDatabase } from "./database.ts";
import { toMutants, type Mutant } from "./mutants.ts";

const batchSize = 9;
const cells = toCells();

let database: RulesDatabase;

beforeAll(async () => {
  database = await openRulesDatabase(suite.firestoreHost);
});

afterAll(() => database.close());

describe("the matrix notices a change of the rules", () => {
  const named = toMutants(deployedRules).map((mutant) => [mutant.name, mutant] as const);
  it.for(named)("%s", async ([, mutant]) => {
    await database.load(mutant.rules);
    expect(await findChanged(mutant)).toBeDefined();
  });

  it("and nothing where there is none", async () => {
    await database.load(deployedRules);
    expect(await findChanged({ changes: [] })).toBeUndefined();
  });
});

describe("toMutants", () => {
  it("leaves out each conjunct of a condition", () => {
    const names = toMutants("match /a/{b} {\n  allow get: if x == 1 && y == 2;\n}").map(({ name }) => name);
    expect(names).toContain("line 2, a: allow get: if x == 1;");
    expect(names).toContain("line 2, a: allow get: if y == 2;");
  });

  it.each([
    "allow read;",
    "allow get: if a || b;",
    "allow get: if a; allow list: if b;",
    "allow get: if",
    "match /a/{b} { allow get: if a; }",
    "match /a/{b}{",
    "function isOwner() {",
    "return true;",
  ])("refuses what it would not change: %s", (statement) => {
    expect(() => toMutants(statement)).toThrow("is not one plain statement a line");
  });
});

/** A cell whose outcome is no longer the table's; those nearest to what was changed are asked first. */
async function findChanged({
  collection = "",
  changes,
}: Pick<Mutant, "collection" | "changes">): Promise<Cell | undefined> {
  const toNearness = ({ target, operation }: Cell) =>
    Number(target.split("/").includes(collection)) + Number(changes.includes(operation));
  const candidates = cells.toSorted((a, b) => toNearness(b) - toNearness(a));
  for (let from = 0; from < candidates.length; from += batchSize) {
    const batch = candidates.slice(from, from + batchSize);
    const outcomes = await Promise.all(batch.map((cell) => database.decide(cell)));
    const changed = batch.find((cell, index) => outcomes[index] !== cell.expected);
    if (changed) return changed;
  }
  return undefined;
}
