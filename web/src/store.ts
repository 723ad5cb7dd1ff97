/** One value that changes over time, and its listeners. */
export interface Store<Value> {
  get(): Value;
  set(value: Value): void;
  /** Calls the listener now and after every change, until the returned function is called. */
  subscribe(listener: (value: Value) => void): () => void;
}

export function createStore<Value>(initial: Value): Store<Value> {
  const listeners = new Set<(value: Value) => void>();
  let current = initial;
  return {
    get: () => current,
    set(value) {
      current = value;
      for (const listener of listeners) listener(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
  };
}

/** Resolves at the store's next change, or after the time limit; a limit of Infinity waits for the change. */
export async function nextChange<Value>(store: Store<Value>, limitMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let subscribed = false;
  const unsubscribe = store.subscribe(() => {
    if (subscribed) resolve();
  });
  subscribed = true;
  const timer = Number.isFinite(limitMs) ? setTimeout(resolve, limitMs) : undefined;
  await promise;
  clearTimeout(timer);
  unsubscribe();
}
