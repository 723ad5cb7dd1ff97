/** Where a Firestore emulator is. */
export interface FirestoreTarget {
  projectId: string;
  /** `host:port` */
  firestoreHost: string;
}

/** Writes a document as an administrator, whatever the rules say; replaces one that exists. */
export async function writeDocument(
  { projectId, firestoreHost }: FirestoreTarget,
  path: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const url = `http://${firestoreHost}/v1/projects/${projectId}/databases/(default)/documents/${path}`;
  const response = await fetch(url, {
    method: "PATCH",
    // The emulator's name for an administrator.
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify({ fields: toFields(data) }),
  });
  if (!response.ok) throw new Error(`Cannot write "${path}": ${await response.text()}`);
}

/** A value as Firestore's REST API writes it (`google.firestore.v1.Value`). */
export function toValue(value: unknown): object {
  if (value === null) return { nullValue: null };
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { booleanValue: value };
  if (typeof value === "number") return toNumberValue(value);
  if (value instanceof Date) return { timestampValue: value.toISOString() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(toValue) } };
  if (typeof value === "object") return { mapValue: { fields: toFields(value) } };
  throw new TypeError(`Cannot store a value of type "${typeof value}"`);
}

function toNumberValue(value: number): object {
  return Number.isInteger(value) ? { integerValue: String(value) } : { doubleValue: value };
}

function toFields(data: object): Record<string, object> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, toValue(value)]));
}
