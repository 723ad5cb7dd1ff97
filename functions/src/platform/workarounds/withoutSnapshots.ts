/**
 * Passes a trigger's events on without their data.
 *
 * Why: to make snapshots of it, firebase-functions loads firebase-admin and its Firestore, which takes a third of a
 * cold start. Our triggers read the documents themselves.
 * Unnecessary once: firebase-functions makes `data` only when it is read.
 */
export function withoutSnapshots<T extends (event: never) => unknown>(trigger: T): T {
  return new Proxy(trigger, {
    apply: (call, self, [event]: [object]) => Reflect.apply(call, self, [{ ...event, data: undefined }]),
  });
}
