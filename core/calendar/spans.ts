/** A span of time, `[from, to)`, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The union of spans, in order and without overlaps. It takes spans in any order. */
export function merged(spans: readonly Span[]): Span[] {
  const result: { from: number; to: number }[] = [];
  for (const span of sorted(spans)) {
    const last = result.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else result.push({ ...span });
  }
  return result;
}

/** Most lists are in order already, and checking that costs less than sorting. */
function sorted(spans: readonly Span[]): readonly Span[] {
  const inOrder = spans.every((span, index) => index === 0 || (spans[index - 1]?.from ?? 0) <= span.from);
  return inOrder ? spans : [...spans].sort((a, b) => a.from - b.from);
}

/** The parts of merged spans that lie in `[from, to)`. */
export function clipped(spans: readonly Span[], from: number, to: number): Span[] {
  return spans
    .filter((span) => span.from < to && span.to > from)
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }));
}

/** The parts of `spans` that lie in none of `others`; both must be merged. */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  const result: Span[] = [];
  let next = 0;
  for (const { from, to } of spans) {
    let start = from;
    while ((others[next]?.to ?? Number.POSITIVE_INFINITY) <= from) next += 1;
    for (let index = next; index < others.length; index += 1) {
      const other = others[index];
      if (other === undefined || other.from >= to) break;
      if (other.from > start) result.push({ from: start, to: other.from });
      start = Math.max(start, other.to);
    }
    if (start < to) result.push({ from: start, to });
  }
  return result;
}

/** The index, in merged spans, of the first one that ends after `instant`; their number when none does. */
export function placeOf(spans: readonly Span[], instant: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? 0) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
