import { join } from "node:path";
import { serveFunction, type ServedFunction } from "../local/functionsFramework.ts";
import { projectRoot } from "../local/paths.ts";
import { createFloor, type FloorKind } from "./floors.ts";
import type { World } from "./world.ts";

type Signature = "http" | "cloudevent";

/** What is started: a folder with a package.json, and a function of it. */
export interface Subject {
  readonly folder: string;
  readonly target: string;
  readonly signature: Signature;
}

/** A function of ours, as it is deployed. */
export function ours(target: string, signature: Signature = "http"): Subject {
  return { folder: join(projectRoot, "functions"), target, signature };
}

/** The bare function of a kind. */
export function floor(kind: FloorKind): Subject {
  return {
    folder: createFloor(kind),
    target: "floor",
    signature: kind === "trigger" ? "cloudevent" : "http",
  };
}

export async function serve(
  { environment }: World,
  subject: Subject,
  wrapper: readonly string[] = [],
): Promise<ServedFunction> {
  return await serveFunction({ ...subject, environment, wrapper });
}
