import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { foreignEventTypes } from "../operations/events/foreignEvents.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function seed(wanted: object): Promise<unknown> {
  return await kit.control("foreign_events", wanted);
}

/** Source: https://docs.stripe.com/api/events/list */
describe("foreign events", () => {
  it("are listed newest first, page by page, of all types in turns", async () => {
    expect(await seed({ count: 250 })).toMatchObject({ status: 200, json: { count: 250 } });
    const [first, second, third] = [await list(), await list(1), await list(2)];
    expect([first.length, second.length, third.length]).toEqual([100, 100, 50]);
    const types = new Set([...first, ...second].map(({ type }) => type));
    expect([...types].toSorted()).toEqual([...foreignEventTypes].toSorted());
  });

  it("are of one type and of another API version if that is asked for", async () => {
    await seed({ count: 3, type: "invoice.paid", apiVersion: "2020-08-27" });
    const { data } = await kit.stripe.events.list({ types: ["invoice.paid"] });
    expect(data.map(({ api_version: version }) => version)).toEqual(Array(3).fill("2020-08-27"));
    expect((await kit.stripe.events.list({ types: ["invoice.voided"] })).data).toEqual([]);
  });

  it("of a type that another integration does not share, and of no number, are refused", async () => {
    expect(await seed({ count: 1, type: "customer.created" })).toMatchObject({ status: 400 });
    expect(await seed({ type: "invoice.paid" })).toMatchObject({ status: 400 });
  });

  it("are listed by at most 20 types at once", async () => {
    await seed({ count: foreignEventTypes.length });
    const types = [...foreignEventTypes].slice(0, 20);
    expect((await kit.stripe.events.list({ types, limit: 100 })).data).toHaveLength(20);
    const refused = kit.stripe.events.list({ types: foreignEventTypes.slice(0, 21) });
    expect(await errorOf(refused)).toMatchObject({ statusCode: 400, param: "types" });
    const both = kit.stripe.events.list({ types, type: "invoice.paid" });
    expect(await errorOf(both)).toMatchObject({ statusCode: 400 });
  });
});

async function list(page = 0) {
  let after: string | undefined;
  for (let before = 0; before < page; before += 1) {
    const { data } = await kit.stripe.events.list({
      limit: 100,
      ...(after !== undefined && { starting_after: after }),
    });
    after = data.at(-1)?.id;
  }
  const { data } = await kit.stripe.events.list({
    limit: 100,
    ...(after !== undefined && { starting_after: after }),
  });
  return data;
}
