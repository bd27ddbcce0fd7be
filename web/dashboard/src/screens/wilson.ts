// The 95 % quantile of the normal distribution, two-sided.
const z = 1.959964;

/** wilson returns the 95 % Wilson interval of wins among n, in percent; null for n = 0. */
export function wilson(wins: number, n: number): { low: number; high: number } | null {
  if (n === 0) return null;
  const p = wins / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  const percent = (value: number) => Math.min(Math.max(value / scale, 0), 1) * 100;
  return { low: percent(middle - half), high: percent(middle + half) };
}
