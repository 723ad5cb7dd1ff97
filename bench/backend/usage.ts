import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What a process has used so far. */
export interface Usage {
  /** Processor time of all its threads. */
  readonly cpuMs: number;
  readonly memoryMb: number;
}

/** Undefined where the system does not tell: only Linux does. Source: proc(5) and the kernel's sched-stats.rst */
export function readUsage(pid: number): Usage | undefined {
  const folder = `/proc/${pid}`;
  if (!existsSync(`${folder}/schedstat`)) return undefined;
  const threads = readdirSync(`${folder}/task`);
  const times = threads.map((thread) => Number(readText(`${folder}/task/${thread}/schedstat`).split(" ")[0]));
  const [, memoryKb = "NaN"] = /^VmRSS:\s*(\d+)/m.exec(readText(`${folder}/status`)) ?? [];
  return { cpuMs: times.reduce((sum, time) => sum + time, 0) / 1e6, memoryMb: Number(memoryKb) / 1024 };
}

/** A thread that has ended meanwhile has used nothing more. */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "0";
  }
}
