import {
  collection,
  deleteDoc,
  doc,
  getDocFromServer,
  getDocsFromServer,
  setDoc,
  updateDoc,
  type Firestore,
} from "firebase/firestore";
import { documentTable, groupQueryTable, ledgerQueryTable, queryTable } from "./matrix.ts";
import { toRead } from "./queries.ts";
import { actors, forgeries, missing, stored, type Actor, type Fields } from "./seed.ts";

export const operations = ["get", "list", "create", "update", "delete"] as const;
export type Operation = (typeof operations)[number];

export type Outcome = "allowed" | "refused";

/** One attempt of one actor, and what must come of it. */
export interface Cell {
  readonly name: string;
  /** The document, collection or collection group that is asked for. */
  readonly target: string;
  readonly operation: Operation;
  readonly actor: Actor;
  readonly expected: Outcome;
  readonly attempt: (db: Firestore) => Promise<unknown>;
}

/** A cell before it is known who asks. */
interface Question extends Pick<Cell, "name" | "target" | "operation"> {
  readonly attemptBy: (actor: Actor) => Cell["attempt"];
}

/** Every cell of the tables; throws at a row, a column or a word that means nothing. */
export function toCells(): Cell[] {
  const ofDocuments = toRows(documentTable).flatMap(({ row: path, column, word }) =>
    column.startsWith("forged")
      ? toForgeries(path, column).map((question) => toCell(question, "owner", word))
      : actors.map((actor) => toCell(toDocumentQuestion(path, column), actor, word)),
  );
  const ofQueries = [queryTable, ledgerQueryTable, groupQueryTable]
    .flatMap(toRows)
    .flatMap(({ row, column, word }) =>
      actors.map((actor) => toCell(toQueryQuestion(row, column), actor, word)),
    );
  return [...ofDocuments, ...ofQueries];
}

function toCell({ attemptBy, ...question }: Question, actor: Actor, word: string): Cell {
  const expected = isAllowed(actor, word) ? "allowed" : "refused";
  const name = `${expected}, ${actor}: ${question.name}`;
  return { ...question, name, actor, expected, attempt: attemptBy(actor) };
}

function isAllowed(actor: Actor, word: string): boolean {
  if (word === "everybody") return true;
  if (word === "-") return false;
  if (!actors.some((known) => known === word)) throw new Error(`Cannot read a table: unknown word "${word}"`);
  return actor === word;
}

/** The table's inner fields with their row's and their column's heading. Columns are two spaces or more apart. */
function toRows(table: string): { row: string; column: string; word: string }[] {
  const lines = table.split("\n").filter((line) => line.trim() !== "");
  const [heading, ...rows] = lines.map((line) => line.trim().split(/\s{2,}/));
  const [, ...columns] = heading ?? [];
  return rows.flatMap(([row, ...words]) => {
    if (row === undefined || words.length !== columns.length) {
      throw new Error(`Cannot read a table: row "${row}" has ${words.length} of ${columns.length} fields`);
    }
    return columns.map((column, index) => ({ row, column, word: words[index] ?? "" }));
  });
}

function toQueryQuestion(name: string, target: string): Question {
  const attempt = toRead(name, target);
  return { name: `list ${target}: ${name}`, target, operation: "list", attemptBy: () => attempt };
}

function toDocumentQuestion(path: string, column: string): Question {
  const operation = toOperation(column);
  const toAttempt = documentAttempts[operation];
  return { name: `${column} ${path}`, target: path, operation, attemptBy: (actor) => toAttempt(path, actor) };
}

function toForgeries(path: string, column: string): Question[] {
  const operation = toOperation(column.replace("forged ", ""));
  return (forgeries.get(path) ?? []).map((forged) => ({
    name: `${column} ${path} ${JSON.stringify(forged)}`,
    target: path,
    operation,
    attemptBy: () => (db) =>
      operation === "create"
        ? setDoc(doc(db, toNewPath(path)), { ...toOwned(path, "owner"), ...forged })
        : updateDoc(doc(db, path), forged),
  }));
}

function toOperation(column: string): Operation {
  const operation = operations.find((known) => known === column);
  if (!operation) throw new Error(`Cannot read a table: unknown column "${column}"`);
  return operation;
}

const documentAttempts: Readonly<Record<Operation, (path: string, actor: Actor) => Cell["attempt"]>> = {
  get: (path) => (db) => getDocFromServer(doc(db, path)),
  list: (path) => (db) => getDocsFromServer(collection(db, toCollection(path))),
  create: (path, actor) => (db) => setDoc(doc(db, toNewPath(path)), toOwned(path, actor)),
  update: (path) => (db) => updateDoc(doc(db, path), { note: "changed" }),
  delete: (path) => (db) => deleteDoc(doc(db, path)),
};

function toCollection(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Where a document like the one at this path can be created: itself if it is missing, otherwise beside it. */
function toNewPath(path: string): string {
  return missing.has(path) ? path : `${path}_new`;
}

/** The document's content, with the actor as its owner if it names one. */
function toOwned(path: string, actor: Actor): Fields {
  const content = stored.get(path) ?? missing.get(path);
  if (!content) throw new Error(`Cannot ask for document "${path}": neither stored nor known to be missing`);
  return "userId" in content && actor !== "signedOut" ? { ...content, userId: actor } : content;
}
