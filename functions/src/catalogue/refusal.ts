import type { GatewayErrorCode } from "../contract/codes.ts";
import { GatewayError, type RefusalOptions } from "../platform/errors.ts";

/** The refusal to sell a product. */
export function toProductRefusal(
  code: Extract<GatewayErrorCode, "not_found" | "failed_precondition">,
  productId: string,
  reason: string,
  options?: RefusalOptions,
): GatewayError {
  return new GatewayError(code, `Cannot sell product "${productId}": ${reason}`, options);
}
