/** More changes than this make another word of it. */
const FARTHEST = 2;

/** The known word that was probably meant: the one with the fewest letters changed, left out, added or exchanged with their neighbour. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const allowed = Math.min(FARTHEST, Math.floor(word.length / 2));
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((ranked) => ranked.distance <= allowed)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** The sentence to add to a refusal; empty without a near word. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `did you mean "${meant}"? `;
}

/** Damerau and Levenshtein's distance, in its restricted form. */
function distance(a: string, b: string): number {
  const width = b.length + 1;
  const cells = Array.from({ length: (a.length + 1) * width }, (_, cell) => Math.floor(cell / width) + (cell % width));
  const at = (i: number, j: number): number => cells[i * width + j] ?? 0;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + changed);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      cells[i * width + j] = exchanged ? Math.min(least, at(i - 2, j - 2) + 1) : least;
    }
  }
  return at(a.length, b.length);
}
