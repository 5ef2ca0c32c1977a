/** The value below which the given share of the sorted values lies (nearest rank); 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** The middle value; of two middle ones the lower. 0 for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
