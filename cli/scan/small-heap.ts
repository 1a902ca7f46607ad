import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Some eight pages of 500 objects each. A scan of a small cluster never gets there. */
const GROWTH_BYTES = 16 * 1024 * 1024;

/**
 * A scan makes garbage and keeps next to nothing, and V8 would let that grow to several times of what is in use before it looks. Gives a
 * function to call for each page; when enough has come together it has the garbage collected.
 */
export function smallHeap(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => getHeapStatistics().used_heap_size;
  let least = used();
  return () => {
    const now = used();
    // V8 collects by itself too.
    least = Math.min(least, now);
    if (now - least < GROWTH_BYTES) return;
    collect();
    least = used();
  };
}
