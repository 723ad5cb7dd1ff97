import { FieldPath, Firestore } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { defineGroupQuery, defineQuery, DOCUMENT_ID, toQuery } from "./query.ts";

const db = new Firestore({ projectId: "demo-query" });
const account = db.doc("subscriptions/ada");
const now = new Date(1_000);

describe("toQuery", () => {
  it("asks a collection for all that was declared, in its order", () => {
    const due = defineQuery({
      collection: "events",
      where: { status: "==", dueAt: "<=" },
      orderBy: { dueAt: "desc", [DOCUMENT_ID]: "desc" },
    });
    const expected = db
      .collection("events")
      .where("status", "==", "failed")
      .where("dueAt", "<=", now)
      .orderBy("dueAt", "desc")
      .orderBy(FieldPath.documentId(), "desc");
    const query = toQuery(db, due, { status: "failed", dueAt: now });
    expect(query.isEqual(expected)).toBe(true);
    expect(query.isEqual(expected.limit(1))).toBe(false);
  });

  it("asks a collection below a document", () => {
    const byStatus = defineQuery({ collection: "grants", where: { status: "in" } });
    const expected = account.collection("grants").where("status", "in", ["active", "used"]);
    expect(toQuery(account, byStatus, { status: ["active", "used"] }).isEqual(expected)).toBe(true);
  });

  it("asks all collections with the same id", () => {
    const overdue = defineGroupQuery({ collection: "grants", where: { endsAt: ">" } });
    const expected = db.collectionGroup("grants").where("endsAt", ">", now);
    expect(toQuery(db, overdue, { endsAt: now }).isEqual(expected)).toBe(true);
  });

  it("asks for null", () => {
    const open = defineQuery({ collection: "customers", where: { closedAt: "==" } });
    const expected = db.collection("customers").where("closedAt", "==", null);
    expect(toQuery(db, open, { closedAt: null }).isEqual(expected)).toBe(true);
  });

  it("takes a value for each field that is asked for, and for no other", () => {
    const byStatus = defineQuery({ collection: "grants", where: { status: "==" } });
    // @ts-expect-error The status is missing.
    expect(() => toQuery(db, byStatus, {})).toThrow("undefined");
    // @ts-expect-error Nobody asks for `amount`.
    toQuery(db, byStatus, { status: "active", amount: 1 });
    const everywhere = defineGroupQuery({ collection: "grants" });
    // @ts-expect-error A document has no collection groups.
    expect(() => toQuery(account, everywhere, {})).toThrow(TypeError);
  });
});
