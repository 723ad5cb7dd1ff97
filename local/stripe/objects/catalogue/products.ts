import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { reference, unset, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";

export const productExpansions: Expansions = {
  product: { default_price: reference("prices"), tax_code: unset },
};

/** What a new product is made of. */
export type ProductSeed = Pick<
  Stripe.Product,
  | "id"
  | "active"
  | "created"
  | "description"
  | "images"
  | "metadata"
  | "name"
  | "statement_descriptor"
  | "unit_label"
  | "url"
>;

/** A new product as Stripe shows it, without a price. */
export function newProduct(seed: ProductSeed): Stripe.Product {
  return {
    id: seed.id,
    object: "product",
    active: seed.active,
    created: seed.created,
    default_price: null,
    description: seed.description,
    images: seed.images,
    livemode: false,
    marketing_features: [],
    metadata: seed.metadata,
    name: seed.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: seed.statement_descriptor ?? null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: seed.unit_label ?? null,
    updated: seed.created,
    url: seed.url,
  };
}

/** The product, or Stripe's 404. */
export function requireProduct({ store }: { store: Store }, id: string): Stripe.Product {
  const product = store.products.read(id);
  if (product === undefined) throw missingObject("product", id);
  return product;
}
