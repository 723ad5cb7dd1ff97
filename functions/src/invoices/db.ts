import type { DocumentSnapshot, Firestore } from "@google-cloud/firestore";
import { productRef } from "../catalogue/db.ts";
import { productDocument, type Product } from "../catalogue/documents.ts";
import { paymentRef } from "../payments/db.ts";
import { paymentDocument, type Payment } from "../payments/documents.ts";

/** What our own documents say about an invoice. */
export interface KnownForInvoice {
  payment: Payment | undefined;
  /** The products of its lines that are of the invoice's provider, by id. */
  products: ReadonlyMap<string, Product>;
  /** The payments whose lines it credits, by id. */
  credited: ReadonlyMap<string, Payment>;
}

/** In one read. */
export async function readForInvoice(
  db: Firestore,
  wanted: {
    provider: string;
    paymentId: string;
    productIds: readonly string[];
    creditedIds: readonly string[];
  },
): Promise<KnownForInvoice> {
  const { provider, paymentId, productIds, creditedIds } = wanted;
  const paymentIds = [paymentId, ...creditedIds];
  const snapshots = await db.getAll(
    ...paymentIds.map((id) => paymentRef(db, id)),
    ...productIds.map((id) => productRef(db, id)),
  );
  const payments = parseAll(snapshots.slice(0, paymentIds.length), paymentDocument.parse);
  const products = parseAll(snapshots.slice(paymentIds.length), productDocument.parse);
  return {
    payment: payments.get(paymentId),
    products: new Map([...products].filter(([, product]) => product.provider === provider)),
    credited: payments,
  };
}

function parseAll<T>(
  snapshots: readonly DocumentSnapshot[],
  parse: (snapshot: DocumentSnapshot) => T | undefined,
): Map<string, T> {
  return new Map(
    snapshots.flatMap((snapshot): [string, T][] => {
      const value = parse(snapshot);
      return value === undefined ? [] : [[snapshot.id, value]];
    }),
  );
}
