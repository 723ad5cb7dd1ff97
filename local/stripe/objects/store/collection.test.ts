import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Collection } from "./collection.ts";

interface Item {
  id: string;
  created: number;
  color: string | null;
}

const color = fc.constantFrom("red", "blue", "green", null);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("insert" as const), color, later: fc.nat(2) }) },
  fc.record({ kind: fc.constant("recolor" as const), color, at: fc.nat(40) }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat(40) }),
);
const question = fc.record({
  limit: fc.integer({ min: 1, max: 5 }),
  colors: fc.option(fc.uniqueArray(fc.constantFrom("red", "blue", "green"), { minLength: 1 }), {
    nil: undefined,
  }),
  gte: fc.option(fc.nat(30), { nil: undefined }),
  lt: fc.option(fc.nat(30), { nil: undefined }),
  cursor: fc.option(fc.nat(40), { nil: undefined }),
  direction: fc.constantFrom("after", "before"),
});

function ask(
  model: readonly Item[],
  query: typeof question extends fc.Arbitrary<infer Q> ? Q : never,
  cursorId?: string,
) {
  const newest = model.toReversed();
  const place = newest.findIndex(({ id }) => id === cursorId);
  const matches = (item: Item) =>
    (query.colors === undefined || query.colors.some((name) => name === item.color)) &&
    (query.gte === undefined || item.created >= query.gte) &&
    (query.lt === undefined || item.created < query.lt);
  if (place !== -1 && query.direction === "before") {
    const found = newest.slice(0, place).filter(matches);
    return { data: found.slice(-query.limit), hasMore: found.length > query.limit };
  }
  const found = newest.slice(place + 1).filter(matches);
  return { data: found.slice(0, query.limit), hasMore: found.length > query.limit };
}

describe("Collection", () => {
  it("pages like a plain list that is filtered and sliced", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), question, (actions, query) => {
        const collection = new Collection<Item, "color">({ color: (item) => item.color });
        let model: Item[] = [];
        let created = 0;
        for (const [number, step] of actions.entries()) {
          if (step.kind === "insert") {
            created += step.later;
            model.push(collection.insert({ id: `i${number}`, created, color: step.color }));
            continue;
          }
          const target = model[step.at % Math.max(1, model.length)];
          if (target === undefined) continue;
          if (step.kind === "remove") {
            collection.remove(target.id);
            model = model.filter((item) => item !== target);
          } else {
            const changed = collection.replace({ ...target, color: step.color });
            model = model.map((item) => (item === target ? changed : item));
          }
        }
        const cursorId =
          query.cursor === undefined ? undefined : model[query.cursor % Math.max(1, model.length)]?.id;
        const position = cursorId === undefined ? undefined : collection.position(cursorId);
        const page = collection.page({
          limit: query.limit,
          index: query.colors && { name: "color", values: query.colors },
          created: {
            ...(query.gte !== undefined && { gte: query.gte }),
            ...(query.lt !== undefined && { lt: query.lt }),
          },
          ...(position !== undefined && { [query.direction]: position }),
        });
        expect(page).toStrictEqual(ask(model, query, cursorId));
      }),
      { numRuns: 500 },
    );
  });

  it("finds by id and by index, also after a change", () => {
    const collection = new Collection<Item, "color">({ color: (item) => item.color });
    const item = collection.insert({ id: "a", created: 1, color: "red" });
    expect(collection.read("a")).toBe(item);
    collection.replace({ ...item, color: "blue" });
    expect(collection.find("color", "red")).toBeUndefined();
    expect(collection.find("color", "blue")?.id).toBe("a");
    expect(item.color).toBe("red");
    expect(() => collection.replace({ ...item, id: "b" })).toThrow('Cannot replace "b"');
  });
});
