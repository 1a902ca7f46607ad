/**
 * The candidate that a person most likely meant by `text`; undefined when none is similar. Case and separators do not count. About one typing mistake
 * in three characters is allowed, of long texts `most` altogether, and a swap of neighbours counts as one mistake.
 */
export function didYouMean(
  text: string,
  candidates: readonly string[],
  most = Number.POSITIVE_INFINITY,
): string | undefined {
  const wanted = simplified(text);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(wanted, simplified(candidate)) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.min(most, Math.max(1, Math.floor(Math.min(text.length, candidate.length) / 3))),
    )
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

function simplified(text: string): string {
  return text.slice(0, 100).toLowerCase().replace(/[-_ ]/g, '');
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped ? at(i - 2, j - 2) + 1 : replaced));
    }
  }
  return at(a.length, b.length);
}
