import type { Call, Fault } from "../kit/transport/gate.ts";
import { expectBooks } from "./buyerBooks.ts";
import { Process } from "./process.ts";
import type { Flow, Scene } from "./scene.ts";
import { Stage } from "./stage.ts";

/**
 * What can become of a call. "refused" reaches the product's own code; the client libraries themselves repeat what is
 * "unavailable", and most of what is "late"; after "stopped" nothing more comes of the process.
 */
const INTERRUPTIONS: readonly (readonly [string, Fault])[] = [
  ["stopped after", { when: "after", kind: "stop" }],
  ["refused after", { when: "after", kind: "fail", error: "DATA_LOSS" }],
  ["stopped before", { when: "before", kind: "stop" }],
  ["refused before", { when: "before", kind: "fail", error: "DATA_LOSS" }],
  ["unavailable after", { when: "after", kind: "fail", error: "UNAVAILABLE" }],
  ["unavailable before", { when: "before", kind: "fail", error: "UNAVAILABLE" }],
  ["late after", { when: "after", kind: "fail", error: "DEADLINE_EXCEEDED" }],
  ["late before", { when: "before", kind: "fail", error: "DEADLINE_EXCEEDED" }],
];
/** A sample takes the first two in turns: work that was done and is not known to be, which repeating could double. */
const SAMPLED = 2;

/** One way in which one call of a flow's work goes wrong; `nth` from 1. */
interface Point {
  readonly nth: number;
  readonly fault: Fault;
  readonly name: string;
}

export interface Tried {
  readonly calls: number;
  readonly points: number;
  /** What was lost or doubled, and at which point. */
  readonly problems: readonly string[];
}

/**
 * Does a flow's work once without trouble, to see its calls, and once for each point. Without a sample's number that is
 * every interruption of every call, with one it is one interruption of each call that writes, the number choosing which.
 */
export async function tryFlow(flow: Flow, { sample }: { sample?: number | undefined }): Promise<Tried> {
  const stages = new Stages(flow);
  const calls = await rehearse(flow, await stages.next());
  const points = sample === undefined ? toPoints(calls) : toSample(calls, sample);
  const problems: string[] = [];
  for (const point of points) {
    try {
      await tryPoint(flow, await stages.next(), point);
    } catch (error) {
      problems.push(`${point.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await stages.stop();
  return { calls: calls.length, points: points.length, problems };
}

function toPoints(calls: readonly Call[]): Point[] {
  return calls.flatMap(({ name }, index) =>
    INTERRUPTIONS.map(([interruption, fault]) => {
      const nth = index + 1;
      return { nth, fault, name: `${interruption} call ${nth}, ${name}` };
    }),
  );
}

function toSample(calls: readonly Call[], sample: number): Point[] {
  const points = toPoints(calls);
  const writes = calls.flatMap((call, index) => (isWrite(call) ? [index] : []));
  return writes.flatMap((index, number) => {
    const chosen = (sample + number) % SAMPLED;
    return points[index * INTERRUPTIONS.length + chosen] ?? [];
  });
}

function isWrite({ name, counts }: Call): boolean {
  return counts.writes > 0 || name.startsWith("POST ");
}

/** The calls of the work when nothing goes wrong. */
async function rehearse(flow: Flow, stage: Stage): Promise<Call[]> {
  const scene = await flow.begin(stage);
  const process = await Process.start(stage.world);
  await scene.run(process);
  const calls = [...process.wire.gate.calls];
  await finish(stage, scene);
  if (calls.length === 0) throw new Error(`Cannot interrupt "${flow.name}": it calls no server`);
  return calls;
}

async function tryPoint(flow: Flow, stage: Stage, point: Point): Promise<void> {
  const scene = await flow.begin(stage);
  await interrupt(scene, await Process.start(stage.world), point);
  await scene.pass?.();
  await scene.run(stage.healthy);
  await finish(stage, scene);
}

/** Returns when the process has had its trouble and does nothing more. */
async function interrupt(scene: Scene, doomed: Process, { nth, fault }: Point): Promise<void> {
  const { gate, cleanUp } = doomed.wire;
  const struck = gate.inject(fault, { nth }).then(() => true);
  const ended = Promise.allSettled([scene.run(doomed)]).then(() => false);
  const isStruck = await Promise.race([struck, ended]);
  if (!isStruck) throw new Error("The work ended before that");
  if (fault.kind !== "stop") await ended;
  await cleanUp();
}

async function finish(stage: Stage, scene: Scene): Promise<void> {
  await scene.finish?.();
  await stage.settle();
  for (const book of scene.books) await expectBooks(stage.world, book);
}

/** The stages on which a flow is played. */
class Stages {
  readonly #flow: Flow;
  readonly #stages: Stage[] = [];

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  async next(): Promise<Stage> {
    const [shared] = this.#stages;
    if (shared && this.#flow.needsOwnStage !== true) return shared;
    const stage = await Stage.start();
    this.#stages.push(stage);
    return stage;
  }

  /** Only in the end: a stopped process would notice that its servers are gone, which a dead one cannot. */
  async stop(): Promise<void> {
    await Promise.all(this.#stages.map(({ world }) => world.stop()));
  }
}
