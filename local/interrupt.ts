const PARENT_CHECK_MS = 500;

/**
 * Aborts when somebody asks the program to stop: with Ctrl-C, a signal, or, under `npm run`, by ending npm. A second
 * request changes nothing, because a terminal also sends Ctrl-C to npm, which passes it on.
 */
export function createInterrupt(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interrupt.abort());
  if (process.env["npm_lifecycle_event"] !== undefined) abortWithParent(interrupt);
  return interrupt.signal;
}

/** npm passes a signal on to the shell that it started, which ends without telling its own child. */
function abortWithParent(interrupt: AbortController): void {
  const parent = process.ppid;
  const check = (): void => {
    if (process.ppid !== parent) interrupt.abort();
  };
  setInterval(check, PARENT_CHECK_MS).unref();
}
