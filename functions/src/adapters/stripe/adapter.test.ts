import { describeAdapterContract } from "../../../../tests/contract/adapterContract.ts";
import { StripeHarness } from "../../../../tests/contract/stripeHarness.ts";

describeAdapterContract("StripeAdapter", new StripeHarness());
