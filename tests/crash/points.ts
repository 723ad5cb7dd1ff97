import type { Aim, Call, Fault } from "../kit/transport/gate.ts";
import { expectBooks } from "./buyerBooks.ts";
import { Process } from "./process.ts";
import type { Flow, Scene } from "./scene.ts";
import { Stage } from "./stage.ts";

type Interruption = readonly [name: string, fault: Fault];

/** Work that was done and is not known to be, which repeating could double. A sample takes these two in turns. */
const SAMPLED: readonly [Interruption, Interruption] = [
  ["stopped after", { when: "after", kind: "stop" }],
  ["refused after", { when: "after", kind: "fail", error: "DATA_LOSS" }],
];
/**
 * What can become of a call. "refused" reaches the product's own code; the client libraries themselves repeat what is
 * "unavailable", and most of what is "late"; after "stopped" nothing more comes of the process.
 */
const INTERRUPTIONS: readonly Interruption[] = [
  ...SAMPLED,
  ["stopped before", { when: "before", kind: "stop" }],
  ["refused before", { when: "before", kind: "fail", error: "DATA_LOSS" }],
  ["unavailable after", { when: "after", kind: "fail", error: "UNAVAILABLE" }],
  ["unavailable before", { when: "before", kind: "fail", error: "UNAVAILABLE" }],
  ["late after", { when: "after", kind: "fail", error: "DEADLINE_EXCEEDED" }],
  ["late before", { when: "before", kind: "fail", error: "DEADLINE_EXCEEDED" }],
];

/** One way in which one call of a flow's work goes wrong; `nth` from 1, of the calls that match. */
interface Point extends Aim {
  readonly nth: number;
  readonly interruption: string;
  readonly fault: Fault;
}

export interface Tried {
  readonly calls: number;
  readonly points: number;
  /** What was lost or doubled, and at which point. */
  readonly problems: readonly string[];
}

interface Outcome {
  /** The interrupted call; undefined if the work ended before the point. */
  readonly struck: Call | undefined;
  readonly problem: string | undefined;
}

/**
 * Does a flow's work once for each point: every interruption of its first call, of its second, and so on until the work
 * ends before the point is reached. How many calls there are is never fixed beforehand: work that conflicts with itself
 * repeats some. With a sample's number it is one interruption of each call that writes, the number choosing which.
 */
export async function tryFlow(flow: Flow, { sample }: { sample?: number | undefined }): Promise<Tried> {
  const stages = new Stages(flow);
  const struck: number[] = [];
  const problems: string[] = [];
  for (const toPoint of sample === undefined ? toSeries() : [toSample(sample)]) {
    struck.push(0);
    for (let nth = 1; ; nth += 1) {
      const point = toPoint(nth);
      const outcome = await tryPoint(flow, await stages.next(), point);
      if (outcome.problem !== undefined)
        problems.push(`${point.interruption} call ${nth}, ${outcome.struck?.name}: ${outcome.problem}`);
      if (!outcome.struck) break;
      struck[struck.length - 1] = nth;
    }
  }
  await stages.stop();
  const calls = Math.max(...struck);
  if (calls === 0) problems.push("There is nothing to interrupt");
  return { calls, points: struck.reduce((total, points) => total + points, 0), problems };
}

function toSeries(): ((nth: number) => Point)[] {
  return INTERRUPTIONS.map(([interruption, fault]) => (nth) => ({ nth, interruption, fault }));
}

function toSample(sample: number): (nth: number) => Point {
  return (nth) => {
    const [interruption, fault] = SAMPLED[(sample + nth) % 2 === 0 ? 0 : 1];
    return { nth, interruption, fault, matches: isWrite };
  };
}

function isWrite({ name, counts }: Call): boolean {
  return counts.writes > 0 || name.startsWith("POST ");
}

async function tryPoint(flow: Flow, stage: Stage, point: Point): Promise<Outcome> {
  let struck: Call | undefined;
  try {
    const scene = await flow.begin(stage);
    struck = await interrupt(scene, await Process.start(stage.world), point);
    await scene.pass?.();
    await scene.run(stage.healthy);
    await finish(stage, scene);
    return { struck, problem: undefined };
  } catch (error) {
    return { struck, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns when the process has had its trouble, or has done its work, and does nothing more. */
async function interrupt(scene: Scene, doomed: Process, point: Point): Promise<Call | undefined> {
  const { gate, cleanUp } = doomed.wire;
  const striking = gate.inject(point.fault, point);
  const ended = Promise.allSettled([scene.run(doomed)]);
  const struck = await Promise.race([striking, ended.then(() => undefined)]);
  if (point.fault.kind !== "stop" || !struck) await ended;
  await cleanUp();
  return struck;
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
