import type { useEquity } from "../data/queries";

export type Point = NonNullable<ReturnType<typeof useEquity>["data"]>["points"][number];

/** axisOf places points in a drawing: positions from left to right, sums from the lowest, or 0, to the highest. */
export function axisOf(points: Point[], width: number, height: number) {
  const values = points.map((point) => Number(point.equity));
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const last = points.at(-1)?.position ?? 1;
  return {
    low,
    high,
    x: (point: Point) => (last > 1 ? ((point.position - 1) / (last - 1)) * width : width / 2),
    y: (value: number) => height - ((value - low) / (high - low || 1)) * height,
  };
}

/** nearest returns the index of the point that lies nearest to a share of the width, 0 to 1. */
export function nearest(points: Pick<Point, "position">[], share: number): number {
  const wanted = 1 + share * ((points.at(-1)?.position ?? 1) - 1);
  let best = 0;
  points.forEach((point, i) => {
    if (Math.abs(point.position - wanted) < Math.abs(points[best]!.position - wanted)) best = i;
  });
  return best;
}

/** fallPercent returns a fall in percent of the start balance plus the peak, with one decimal, or null if that sum is not above 0. */
export function fallPercent(amount: string, peak: string, startBalance: string): string | null {
  const base = Number(startBalance) + Number(peak);
  return base > 0 ? ((Number(amount) / base) * 100).toFixed(1) : null;
}
