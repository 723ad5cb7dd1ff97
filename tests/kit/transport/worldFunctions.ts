import type { Stripe } from "stripe";
import type { GatewayFunctionName, GatewayInput, GatewayResult } from "../../../client/index.ts";
import { deliver } from "../suite/events.ts";
import { callFunction } from "../hosting/calls.ts";
import { DECODED_TOKENS, toEnvironment, type Environment } from "../hosting/environment.ts";
import { FunctionProcess, toDeployed, type FunctionName } from "../hosting/functionProcess.ts";
import { toPaymentWritten, toSchedule } from "../hosting/requests.ts";
import { requireStatus, send } from "../hosting/send.ts";
import { toUnsignedToken, type Caller } from "../hosting/tokens.ts";
import type { Wire } from "./wire.ts";
import type { Listener, World } from "./world.ts";

/** Functions of one world, deployed: one warm instance of each. */
export class WorldFunctions implements Listener {
  readonly wire: Wire;
  /** How often any of the functions was woken. */
  invocations = 0;
  readonly #projectId: string;
  readonly #instances: ReadonlyMap<FunctionName, FunctionProcess>;

  private constructor(world: World, wire: Wire, instances: ReadonlyMap<FunctionName, FunctionProcess>) {
    this.#projectId = world.projectId;
    this.wire = wire;
    this.#instances = instances;
  }

  static async start(
    world: World,
    names: readonly FunctionName[],
    variables: Environment = {},
  ): Promise<WorldFunctions> {
    const wire = await world.openWire();
    const environment = toEnvironment(world.toSettings(wire), { ...DECODED_TOKENS, ...variables });
    const start = async (name: FunctionName) =>
      [name, await FunctionProcess.start(toDeployed(name), environment)] as const;
    return new WorldFunctions(world, wire, new Map(await Promise.all(names.map(start))));
  }

  async call<Name extends GatewayFunctionName>(
    name: Name,
    input: GatewayInput<Name>,
    caller: Caller,
  ): Promise<GatewayResult<Name>> {
    const token = toUnsignedToken(this.#projectId, caller);
    return await callFunction<Name>(this.#wake(name).url, input, { token });
  }

  async receiveEvent(event: Stripe.Event): Promise<void> {
    const { status } = await deliver(event, { url: `${this.#wake("gateway").url}/webhook/stripe` });
    if (status !== 200) throw new Error(`The webhook answered ${status} to "${event.type}"`);
  }

  async paymentWritten(paymentId: string): Promise<void> {
    const written = toPaymentWritten(paymentId, this.#projectId);
    requireStatus(await send(this.#wake("onPaymentWritten").url, written), 204, "onPaymentWritten");
  }

  async runSchedule(name: "expireCredits" | "reconcilePayments"): Promise<void> {
    requireStatus(await send(this.#wake(name).url, toSchedule()), 200, name);
  }

  /** Ends all instances at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((instance) => instance.kill()));
  }

  #wake(name: FunctionName): FunctionProcess {
    const instance = this.#instances.get(name);
    if (!instance) throw new Error(`Cannot call "${name}": it is not deployed`);
    this.invocations += 1;
    return instance;
  }
}
