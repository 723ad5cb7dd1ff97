import type { PaymentAdapter } from "./paymentAdapter.ts";

export type AdapterBuilder = () => Promise<PaymentAdapter>;

/** Adapters by provider name, each built when it is first asked for. */
export class PaymentAdapterFactory {
  readonly #builders: ReadonlyMap<string, AdapterBuilder>;
  readonly #built = new Map<string, Promise<PaymentAdapter>>();
  readonly defaultProvider: string;

  constructor(builders: Record<string, AdapterBuilder>, options: { defaultProvider: string }) {
    this.#builders = new Map(Object.entries(builders));
    this.defaultProvider = options.defaultProvider;
  }

  /** The names of all registered adapters. */
  get providers(): string[] {
    return [...this.#builders.keys()];
  }

  /** Undefined for a provider that is not registered. */
  async readAdapter(name: string): Promise<PaymentAdapter | undefined> {
    const built = this.#built.get(name);
    if (built) return await built;
    const build = this.#builders.get(name);
    if (!build) return undefined;
    const building = build();
    this.#built.set(name, building);
    // A failed build (say, a missing secret) is tried again next time.
    building.catch(() => this.#built.delete(name));
    return await building;
  }
}
