/** A query as it stands in the code. */
export interface AskedQuery {
  readonly collection: string;
  /** Whether it asks all collections of that name. */
  readonly group: boolean;
  /** Fields asked for by equality, in the order of the code. */
  readonly equal: readonly string[];
  /** The order of the answer, without the document's id, which every index ends with. */
  readonly order: readonly (readonly [field: string, direction: "ASCENDING" | "DESCENDING"])[];
}

const COLLECTION = String.raw`\.(?<kind>collection|collectionGroup)\("(?<name>\w+)"\)|\b(?:part|partsOf)\([^()"]*"(?<part>\w+)"\)`;
const ARGUMENTS = String.raw`(?:[^()]|\([^()]*\))*`;
const STEP = String.raw`,?\s*\.(?:where|orderBy)\(${ARGUMENTS}\)`;

/** Every query of a source file; throws at one that is written in a way that would escape. */
export function toAskedQueries(source: string): AskedQuery[] {
  const code = toChained(source);
  const chains = [
    ...code.matchAll(new RegExp(`(?:${COLLECTION}|\\b(?<variable>\\w+))(?<steps>(?:${STEP})+)`, "g")),
  ];
  const queries = chains.map(({ groups = {} }) => toQuery(groups, code));
  const stepCount = code.match(/\.(?:where|orderBy)\(/g)?.length ?? 0;
  const readCount = chains.reduce((sum, { groups = {} }) => sum + toSteps(groups["steps"] ?? "").length, 0);
  if (readCount === stepCount) return queries;
  throw new Error(
    `Cannot read queries: ${stepCount - readCount} of ${stepCount} conditions belong to no collection`,
  );
}

/** The client SDK's functions in the form of the server's methods. */
function toChained(source: string): string {
  return source
    .replaceAll(/\bquery\(\s*collection\(\w+, "(\w+)"\)/g, '.collection("$1")')
    .replaceAll(/(?<![.\w])(?=(?:where|orderBy)\()/g, ".");
}

type Groups = Readonly<Record<string, string | undefined>>;

function toQuery(groups: Groups, code: string): AskedQuery {
  const { kind, name, part } =
    groups["variable"] === undefined ? groups : toDeclared(groups["variable"], code);
  const steps = toSteps(groups["steps"] ?? "");
  const equal = steps.flatMap(({ field, operator }) =>
    operator === "==" || operator === "in" ? [field] : [],
  );
  const ranges = steps.flatMap(({ field, operator }) =>
    operator && !["==", "in"].includes(operator) ? [field] : [],
  );
  const order = steps.flatMap(({ field, direction }) =>
    field !== "" && direction ? [[field, direction] as const] : [],
  );
  if (ranges.some((field) => field !== order[0]?.[0]))
    throw new Error(`Cannot read a query of "${name ?? part}": its range is not what it is ordered by first`);
  return { collection: name ?? part ?? "", group: kind === "collectionGroup", equal, order };
}

/** The collection that a variable is declared to be. */
function toDeclared(variable: string, code: string): Groups {
  const declared = new RegExp(`const ${variable} = [^;]*?(?:${COLLECTION});`).exec(code)?.groups;
  if (declared) return declared;
  throw new Error(`Cannot read a query of "${variable}": it is declared as no collection`);
}

interface Step {
  readonly field: string;
  readonly operator?: string | undefined;
  readonly direction?: "ASCENDING" | "DESCENDING";
}

function toSteps(steps: string): Step[] {
  return [...steps.matchAll(new RegExp(String.raw`\.(where|orderBy)\((${ARGUMENTS})\)`, "g"))].map(
    ([, kind, text = ""]) => (kind === "where" ? toCondition(text) : toOrder(text)),
  );
}

function toCondition(text: string): Step {
  const [, field, operator] = /^\s*"([\w.]+)",\s*"([^"]+)",/.exec(text) ?? [];
  if (field === undefined) throw new Error(`Cannot read the condition "${text}": its field is no plain text`);
  return { field, operator };
}

function toOrder(text: string): Step {
  const [, field, direction] =
    /^\s*(?:"([\w.]+)"|FieldPath\.documentId\(\))(?:,\s*"(asc|desc)")?,?\s*$/.exec(text) ?? [];
  if (field === undefined && !text.includes("documentId"))
    throw new Error(`Cannot read the order "${text}": its field is no plain text`);
  return { field: field ?? "", direction: direction === "desc" ? "DESCENDING" : "ASCENDING" };
}
