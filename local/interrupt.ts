const PARENT_CHECK_MS = 500;

/**
 * Aborts when somebody asks the program to stop: Ctrl-C, a signal, or, under `npm run`, the end of npm. Asking again
 * changes nothing: a terminal sends Ctrl-C to npm as well, which passes it on.
 */
export function createInterrupt(): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interrupt.abort());
  if (process.env["npm_lifecycle_event"] !== undefined) abortWithParent(interrupt);
  return interrupt.signal;
}

/** npm passes a signal on to the shell that it started, which dies of it without telling its own child. */
function abortWithParent(interrupt: AbortController): void {
  const parent = process.ppid;
  const check = (): void => {
    if (process.ppid !== parent) interrupt.abort();
  };
  setInterval(check, PARENT_CHECK_MS).unref();
}
