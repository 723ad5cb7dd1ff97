import { initializeTestEnvironment, type RulesTestContext } from "@firebase/rules-unit-testing";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { FirebaseError } from "firebase/app";
import { Firestore, doc, setLogLevel, writeBatch } from "firebase/firestore";
import type { Cell, Operation, Outcome } from "./cells.ts";
import { stored, type Actor } from "./seed.ts";

export const deployedRules = readFileSync(new URL("../../firestore.rules", import.meta.url), "utf8");

const openRules = `rules_version = "2";
service cloud.firestore { match /{document=**} { allow read, write; } }`;

const reads: ReadonlySet<Operation> = new Set(["get", "list"]);

/** A database of its own on a shared emulator, with one connection for each actor. */
export interface RulesDatabase {
  /** Puts the database under the given rules, with the stored documents and no others. */
  load(rules: string): Promise<void>;
  /** What the rules loaded make of a cell; any error but a refusal escapes. */
  decide(cell: Cell): Promise<Outcome>;
  close(): Promise<void>;
}

/** `host` is the Firestore emulator's "name:port". The project is new and random, so that suites do not meet. */
export async function openRulesDatabase(host: string): Promise<RulesDatabase> {
  // Refusals are this suite's business; the client would write a warning for each.
  setLogLevel("silent");
  const { hostname, port } = new URL(`http://${host}`);
  const projectId = `demo-rules-${randomUUID().slice(0, 8)}`;
  const environment = await initializeTestEnvironment({
    projectId,
    firestore: { host: hostname, port: Number(port), rules: openRules },
  });
  const clients: Readonly<Record<Actor, Firestore>> = {
    signedOut: toFirestore(environment.unauthenticatedContext()),
    owner: toFirestore(environment.authenticatedContext("owner")),
    other: toFirestore(environment.authenticatedContext("other")),
  };
  // One attempt at a time for each client: a refusal ends the stream its writes share, and with several under way
  // a write that took effect is now and then reported as refused.
  const lanes: Record<Actor, Promise<unknown>> = {
    signedOut: Promise.resolve(),
    owner: Promise.resolve(),
    other: Promise.resolve(),
  };
  const project = `http://${host}/emulator/v1/projects/${projectId}`;
  let isPristine = false;
  return {
    async load(rules) {
      if (!isPristine) {
        await loadRules(project, openRules);
        await environment.clearFirestore();
        await seed(clients.signedOut);
        isPristine = true;
      }
      await loadRules(project, rules);
    },
    decide(cell) {
      const outcome = lanes[cell.actor].then(async () => {
        const decided = await decide(cell, clients[cell.actor]);
        if (decided === "allowed" && !reads.has(cell.operation)) isPristine = false;
        return decided;
      });
      lanes[cell.actor] = Promise.allSettled([outcome]);
      return outcome;
    },
    close: () => environment.cleanup(),
  };
}

/** The test environment hands out the old namespaced client; the one that apps use is inside it. */
function toFirestore(context: RulesTestContext): Firestore {
  const inner: unknown = Reflect.get(context.firestore(), "_delegate");
  if (!(inner instanceof Firestore))
    throw new Error("Cannot test rules: the context has no Firestore client");
  return inner;
}

async function loadRules(project: string, rules: string): Promise<void> {
  const response = await fetch(`${project}:securityRules`, {
    method: "PUT",
    body: JSON.stringify({ rules: { files: [{ content: rules }] } }),
  });
  if (!response.ok) throw new Error(`Cannot load rules: ${await response.text()}`);
}

async function seed(db: Firestore): Promise<void> {
  const batch = writeBatch(db);
  for (const [path, content] of stored) batch.set(doc(db, path), content);
  await batch.commit();
}

async function decide(cell: Cell, db: Firestore): Promise<Outcome> {
  try {
    await cell.attempt(db);
    return "allowed";
  } catch (error) {
    if (!(error instanceof FirebaseError)) throw error;
    if (error.code === "permission-denied") return "refused";
    // An update of a missing document that the rules let through.
    if (error.code === "not-found") return "allowed";
    throw error;
  }
}
