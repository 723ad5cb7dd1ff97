/** What `previous_attributes` holds: the old values of what changed, and only those, at every depth. */
export function changedAttributes(before: object, after: object): Record<string, unknown> {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = new Set([...old.keys(), ...now.keys()]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const [was, is] = [old.get(name), now.get(name)];
      if (JSON.stringify(was) === JSON.stringify(is)) return [];
      return [[name, isPlain(was) && isPlain(is) ? changedAttributes(was, is) : (was ?? null)]];
    }),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
