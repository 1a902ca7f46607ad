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
  let [nearest, least]: [string | undefined, number] = [undefined, most + 1];
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.min(text.length, candidate.length) / 3));
    const distance = editDistance(wanted, simplified(candidate), Math.min(allowed, least - 1));
    if (distance !== undefined) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

function simplified(text: string): string {
  return text.slice(0, 100).toLowerCase().replace(/[-_ ]/g, '');
}

/** No distance is as large. */
const FAR = 1_000;

/**
 * Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. Undefined beyond `most`: what lies farther from the diagonal
 * is not counted, and nothing more once two rows are, since a swap passes over one.
 */
function editDistance(a: string, b: string, most: number): number | undefined {
  if (most < 0 || Math.abs(a.length - b.length) > most) return undefined;
  let [before, last] = [new Uint16Array(b.length + 2), Uint16Array.from({ length: b.length + 2 }, (_, j) => j)];
  let row = new Uint16Array(b.length + 2);
  let lowest = 0;
  for (let i = 1; i <= a.length; i++) {
    const [from, to] = [Math.max(1, i - most), Math.min(b.length, i + most)];
    row[from - 1] = from === 1 ? i : FAR;
    let low = from === 1 ? i : FAR;
    for (let j = from; j <= to; j++) {
      const replaced = (last[j - 1] ?? FAR) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const shifted = Math.min(last[j] ?? FAR, row[j - 1] ?? FAR) + 1;
      const best = Math.min(shifted, replaced, swapped ? (before[j - 2] ?? FAR) + 1 : FAR);
      row[j] = best;
      if (best < low) low = best;
    }
    row[to + 1] = FAR;
    if (low > most && lowest > most) return undefined;
    lowest = low;
    [before, last, row] = [last, row, before];
  }
  const distance = last[b.length] ?? FAR;
  return distance > most ? undefined : distance;
}
