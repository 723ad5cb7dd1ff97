import type { Stripe } from "stripe";
import { requirePrice } from "../../objects/catalogue/prices.ts";
import { newProduct, requireProduct } from "../../objects/catalogue/products.ts";
import { invalidRequest, missingParameter } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, emptyable, list, object, oneOf, string, url, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { priceDataFields } from "./priceParams.ts";
import { insertPrice } from "./prices.ts";

export const createProductFields = {
  id: string(255),
  name: string(250),
  active: boolean,
  description: string(40_000),
  metadata,
  images: list(url, { max: 8 }),
  url,
  unit_label: string(12),
  statement_descriptor: string(22),
  type: oneOf("service"),
  default_price_data: object(priceDataFields),
};

export const updateProductFields = {
  name: string(250),
  active: boolean,
  description: emptyable(string(40_000)),
  metadata,
  images: emptyable(list(url, { max: 8 })),
  url: emptyable(url),
  unit_label: emptyable(string(12)),
  statement_descriptor: string(22),
  default_price: string(),
};

export function createProduct(context: Context, params: Decoded<typeof createProductFields>): Stripe.Product {
  const { store, clock } = context;
  if (params.name === undefined) throw missingParameter("name");
  if (params.id !== undefined && store.products.read(params.id) !== undefined) {
    throw invalidRequest("Product already exists.", { code: "resource_already_exists", param: "id" });
  }
  const product = store.products.insert(
    newProduct({
      id: params.id ?? newId("prod"),
      active: params.active ?? true,
      created: clock.now(),
      description: params.description ?? null,
      images: [...(params.images ?? [])],
      metadata: mergeMetadata({}, params.metadata),
      name: params.name,
      statement_descriptor: params.statement_descriptor ?? null,
      unit_label: params.unit_label ?? null,
      url: params.url ?? null,
    }),
  );
  if (params.default_price_data === undefined) {
    context.events.emit("product.created", product, context);
    return product;
  }
  const price = insertPrice(
    context,
    { ...params.default_price_data, product: product.id },
    "default_price_data",
  );
  const priced = store.products.replace({ ...product, default_price: price.id });
  context.events.emit("product.created", priced, context);
  context.events.emit("price.created", price, context);
  return priced;
}

export function updateProduct(
  context: Context,
  params: Decoded<typeof updateProductFields>,
  id: string,
): Stripe.Product {
  const { store, clock } = context;
  const before = requireProduct(context, id);
  const { metadata: metadataChange, images, default_price: priceId, ...plain } = params;
  if (priceId !== undefined) requireOwnPrice(context, priceId, id);
  const changed = {
    ...before,
    ...plain,
    ...(images !== undefined && { images: [...(images ?? [])] }),
    ...(priceId !== undefined && { default_price: priceId }),
    metadata: mergeMetadata(before.metadata, metadataChange === undefined ? {} : metadataChange),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const product = store.products.replace({ ...changed, updated: clock.now() });
  context.events.emit("product.updated", product, { origin: context.origin, previous: before });
  return product;
}

export function deleteProduct(context: Context, _params: object, id: string): Stripe.DeletedProduct {
  const { store, events } = context;
  const product = requireProduct(context, id);
  if (store.prices.find("product", id) !== undefined) {
    throw invalidRequest("This product cannot be deleted because it has one or more user-created prices.");
  }
  store.products.remove(id);
  events.emit("product.deleted", product, context);
  return { id, object: "product", deleted: true };
}

function requireOwnPrice(context: Context, priceId: string, productId: string): void {
  const price = requirePrice(context, priceId, "default_price");
  if (price.product !== productId) {
    throw invalidRequest(`The price '${priceId}' does not belong to the product '${productId}'.`, {
      param: "default_price",
    });
  }
}
