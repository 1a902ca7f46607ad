/** Whether these items alone still show the problem. */
export type StillWrong<Item> = (items: readonly Item[]) => Promise<boolean>;

/**
 * Removes items as long as the problem remains: delta debugging (Zeller, Hildebrandt: Simplifying and isolating failure-inducing input, 2002).
 * Returns a list from which no single item can be removed, or the shortest one found when `mayGoOn` ends the search.
 */
export async function deltaDebug<Item>(
  items: readonly Item[],
  stillWrong: StillWrong<Item>,
  mayGoOn: () => boolean,
): Promise<readonly Item[]> {
  let left = items;
  let parts = 2;
  while (left.length > 0 && mayGoOn()) {
    const without = await reduced(left, Math.min(parts, left.length), stillWrong, mayGoOn);
    if (without !== undefined) {
      left = without;
      parts = Math.max(2, parts - 1);
    } else if (parts >= left.length) break;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}

/** The items without one of several equal parts, where the problem remains. */
async function reduced<Item>(
  items: readonly Item[],
  parts: number,
  stillWrong: StillWrong<Item>,
  mayGoOn: () => boolean,
): Promise<readonly Item[] | undefined> {
  const size = Math.ceil(items.length / parts);
  for (let start = 0; start < items.length && mayGoOn(); start += size) {
    const rest = items.toSpliced(start, size);
    if (await stillWrong(rest)) return rest;
  }
  return undefined;
}
