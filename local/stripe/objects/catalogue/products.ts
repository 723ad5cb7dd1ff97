import { reference, unset, type Expansions } from "../store/expansions.ts";

export const productExpansions: Expansions = {
  product: { default_price: reference("prices"), tax_code: unset },
};
