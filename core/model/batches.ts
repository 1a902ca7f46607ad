const encoder = new TextEncoder();

/** Consecutive parts of at most `size` items and `length` bytes of JSON. An item that is longer is a part by itself. */
export function batchesOf<T>(items: readonly T[], size: number, length = Number.POSITIVE_INFINITY): T[][] {
  const batches: T[][] = [];
  let room = 0;
  for (const item of items) {
    const own = length === Number.POSITIVE_INFINITY ? 0 : encoder.encode(JSON.stringify(item)).length;
    if (own > room || (batches.at(-1)?.length ?? size) >= size) {
      batches.push([]);
      room = length;
    }
    batches.at(-1)?.push(item);
    room -= own;
  }
  return batches;
}
