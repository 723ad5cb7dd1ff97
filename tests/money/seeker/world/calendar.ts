const DAY_MS = 86_400_000;

/** The same day and time some months later, or the last day of that month. */
export function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(year, month, day) + (time % DAY_MS);
}

/** The first end of a period after a time, counted from the anchor so that short months do not move it. */
export function nextPeriodEnd(anchor: number, interval: "month" | "year", after: number): number {
  const months = interval === "year" ? 12 : 1;
  for (let count = 1; ; count += 1) {
    const end = addMonths(anchor, months * count);
    if (end > after) return end;
  }
}
