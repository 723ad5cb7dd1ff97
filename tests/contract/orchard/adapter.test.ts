import { describeAdapterContract } from "../adapterContract.ts";
import { OrchardHarness } from "./harness.ts";

describeAdapterContract("OrchardAdapter", new OrchardHarness());
