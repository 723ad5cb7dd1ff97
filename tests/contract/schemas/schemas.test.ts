import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readDates, readExportedSchemas, toAccepted } from "./exported.ts";

/** What each input and document accepted at commit 9a2663f, before the functions were laid out anew. */
const before = readAccepted("9a2663f.json");

/** Inputs and documents that are new or have changed since, on purpose: what they accept now. */
const since = readAccepted("since.json");

const expected = { ...before, ...since };

/**
 * Exported schemas that are neither an input nor a document, but parts of them. `orderSchema` was one of those compared:
 * in it, the worth is nested now, as in all of the program. Whatever is stored of an order is compared in the documents.
 */
const parts = new Set([
  "currency",
  "documentId",
  "freeTimesSchema",
  "instant",
  "minorUnits",
  "orderSchema",
  "productWorthSchema",
  "providerId",
  "providerName",
  "requestIdSchema",
  "worthSchema",
]);

const planDates = ["currentPeriodEnd", "trialEnd", "cancelAt", "droppedChange.at", "readAt"];

/** The fields that hold dates. JSON Schema cannot express them, so that the comparison is blind to them. */
const dates: Record<string, string[]> = {
  buyerSchema: [
    "openSessions.*.expiresAt",
    ...planDates.map((field) => `plans.*.${field}`),
    "deletedAt",
    "forgottenAt",
    "renewedAt",
    "unreachable.*.notedAt",
    "createdAt",
  ],
  creditablePaymentSchema: ["paidAt"],
  creditNoteFactSchema: ["at"],
  disputeFactSchema: ["at"],
  entrySchema: ["createdAt", "updatedAt", "cause.expiresAt"],
  giveInput: ["expiresAt"],
  grantSchema: ["startDate", "expiresAt", "spendableUntil", "createdAt", "updatedAt"],
  holdSchema: ["expiresAt", "createdAt", "updatedAt"],
  paymentFactsSchema: [
    "paid.at",
    "failed.at",
    "canceled.at",
    "refunds.*.at",
    "disputes.*.at",
    "creditNotes.*.at",
    "thaws.*.at",
    "revoked.at",
  ],
  privateCauseSchema: ["createdAt", "updatedAt"],
  privateFactsSchema: ["disputes.*.at", "thaws.*.at", "frozenSince", "createdAt", "updatedAt"],
  paymentLineSchema: ["periodStart", "periodEnd"],
  paymentSchema: [
    "lines.*.periodStart",
    "lines.*.periodEnd",
    "paidAt",
    "facts.paid.at",
    "facts.failed.at",
    "facts.canceled.at",
    "facts.refunds.*.at",
    "facts.disputes.*.at",
    "facts.creditNotes.*.at",
    "facts.thaws.*.at",
    "facts.revoked.at",
    "createdAt",
    "updatedAt",
  ],
  paymentSessionSchema: ["expiresAt", "createdAt", "updatedAt"],
  planSchema: planDates,
  planDocumentSchema: [...planDates, "createdAt", "updatedAt"],
  productSchema: ["readAt", "createdAt", "updatedAt"],
  refundFactSchema: ["at"],
  thawFactSchema: ["at"],
  subscriptionSchema: ["startDate", "endDate", "createdAt", "updatedAt"],
  webhookEventSchema: ["nextAttemptAt", "expireAt", "createdAt", "updatedAt"],
};

const schemas = await readExportedSchemas();
const compared = [...schemas].filter(([name]) => !parts.has(name)).toSorted(([a], [b]) => a.localeCompare(b));

describe("the schemas of inputs and documents", () => {
  it("are all compared", () => {
    expect(
      compared.map(([name]) => name).filter((name) => !(name in expected)),
      "New schemas. If they are inputs or documents, add what they accept to `since`, otherwise name them in `parts`",
    ).toEqual([]);
    expect(
      Object.keys(expected).filter((name) => !schemas.has(name)),
      "Schemas that are gone: apps may still send or read what they accepted",
    ).toEqual([]);
    expect(
      [...parts].filter((name) => !schemas.has(name)),
      "Remove these from `parts`",
    ).toEqual([]);
  });

  it.each(compared)("%s accepts what it did", (name, schema) => {
    expect(
      toAccepted(schema),
      "The contract changes. If that is on purpose, add what is accepted now to `since`, and an entry to CHANGELOG.md",
    ).toEqual(expected[name]);
  });

  it.each(compared)("%s holds the dates that it did", (name, schema) => {
    expect(readDates(schema).toSorted()).toEqual((dates[name] ?? []).toSorted());
  });
});

function readAccepted(file: string): Record<string, unknown> {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
