import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import { collections, productCollections } from "../contract/collections.ts";
import { productDocument, type Product } from "./documents.ts";

export function productRef(db: Firestore, productId: string): DocumentReference {
  return db.collection(collections.products).doc(productId);
}

/** Why prices of a product are not for sale; no client reads it. */
export function withheldRef(db: Firestore, productId: string): DocumentReference {
  return productRef(db, productId).collection(productCollections.private).doc("offer");
}

/** The products of a provider that the catalogue has among these, by id. */
export async function readProducts(
  db: Firestore,
  { provider, productIds }: { provider: string; productIds: readonly string[] },
): Promise<Map<string, Product>> {
  if (productIds.length === 0) return new Map();
  const found = await db.getAll(...productIds.map((productId) => productRef(db, productId)));
  return new Map(
    found.flatMap((snapshot): [string, Product][] => {
      const product = productDocument.parse(snapshot);
      return product?.provider === provider ? [[snapshot.id, product]] : [];
    }),
  );
}
