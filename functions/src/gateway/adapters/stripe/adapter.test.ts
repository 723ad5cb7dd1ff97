import { describeAdapterContract } from "../../../../test/adapterContract.ts";
import { StripeHarness } from "../../../../test/stripeHarness.ts";

describeAdapterContract("StripeAdapter", new StripeHarness());
