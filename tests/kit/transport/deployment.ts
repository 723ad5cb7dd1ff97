import type { Stripe } from "stripe";
import type { GatewayFunctionName, GatewayInput, GatewayResult } from "../../../client/index.ts";
import { deliver } from "../suite/events.ts";
import { callFunction, runSchedule, sendWritten, type Caller } from "./callers.ts";
import { Instance } from "./instance.ts";
import type { Wire } from "./wire.ts";
import type { Listener, World } from "./world.ts";

/** A deployed function by name. */
export type FunctionName =
  GatewayFunctionName | "gateway" | "onPaymentWritten" | "expireCredits" | "reconcilePayments";

/** Functions of one world, deployed: one warm instance of each. */
export class Deployment implements Listener {
  readonly wire: Wire;
  /** How often any of the functions was woken. */
  invocations = 0;
  readonly #projectId: string;
  readonly #instances: ReadonlyMap<FunctionName, Instance>;

  private constructor(world: World, wire: Wire, instances: ReadonlyMap<FunctionName, Instance>) {
    this.#projectId = world.projectId;
    this.wire = wire;
    this.#instances = instances;
  }

  static async start(world: World, names: readonly FunctionName[]): Promise<Deployment> {
    const wire = await world.openWire();
    const settings = world.toSettings(wire);
    const start = async (name: FunctionName) => [name, await Instance.start(name, settings)] as const;
    return new Deployment(world, wire, new Map(await Promise.all(names.map(start))));
  }

  async call<Name extends GatewayFunctionName>(
    name: Name,
    input: GatewayInput<Name>,
    caller: Caller,
  ): Promise<GatewayResult<Name>> {
    return await callFunction<Name>(this.#wake(name), input, caller);
  }

  async receiveEvent(event: Stripe.Event): Promise<void> {
    const { status } = await deliver(event, { url: `${this.#wake("gateway").url}/webhook/stripe` });
    if (status !== 200) throw new Error(`The webhook answered ${status} to "${event.type}"`);
  }

  async paymentWritten(paymentId: string): Promise<void> {
    const written = { projectId: this.#projectId, path: `payments/${paymentId}` };
    await sendWritten(this.#wake("onPaymentWritten"), written);
  }

  async runSchedule(name: "expireCredits" | "reconcilePayments"): Promise<void> {
    await runSchedule(this.#wake(name));
  }

  /** Ends all instances at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((instance) => instance.kill()));
  }

  #wake(name: FunctionName): Instance {
    const instance = this.#instances.get(name);
    if (!instance) throw new Error(`Cannot call "${name}": it is not deployed`);
    this.invocations += 1;
    return instance;
  }
}
