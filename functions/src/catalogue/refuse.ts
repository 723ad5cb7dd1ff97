import type { GatewayErrorCode } from "../contract/codes.ts";
import { GatewayError } from "../platform/errors.ts";

/** Why a product is not sold. */
export function refuseProduct(
  code: Extract<GatewayErrorCode, "not_found" | "failed_precondition">,
  productId: string,
  reason: string,
): GatewayError {
  return new GatewayError(code, `Cannot sell product "${productId}": ${reason}`);
}
