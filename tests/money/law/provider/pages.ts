import type { Stripe } from "stripe";

/** A merchant's account at Stripe, and which of its money is ours. */
export interface Merchant {
  stripe: Stripe;
  projectId: string;
}

/** Everything of a list: Stripe embeds its first ten only. */
export async function readAll<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of pages) all.push(item);
  return all;
}

export function toId(value: string | { id?: string } | null | undefined): string {
  return (typeof value === "string" ? value : value?.id) ?? "";
}

/** The user whose order metadata is; undefined if it is another project's or says nothing. */
export function toUserId(
  { projectId }: Merchant,
  metadata: Stripe.Metadata | null | undefined,
): string | undefined {
  return metadata?.["gatewayProject"] === projectId ? metadata["userId"] : undefined;
}
