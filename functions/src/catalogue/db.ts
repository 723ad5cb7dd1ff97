import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections } from "../contract/collections.ts";
import { productDocument, type Product } from "./documents.ts";

export function productRef(db: Firestore, productId: string): DocumentReference {
  return db.collection(collections.products).doc(productId);
}

/** Returns those of the products that are in the catalogue, by id. */
export async function readProducts(
  db: Firestore,
  productIds: readonly string[],
): Promise<Map<string, Product>> {
  if (productIds.length === 0) return new Map();
  const found = await db.getAll(...productIds.map((productId) => productRef(db, productId)));
  return new Map(
    found.flatMap((snapshot): [string, Product][] => {
      const product = productDocument.parse(snapshot);
      return product ? [[snapshot.id, product]] : [];
    }),
  );
}
