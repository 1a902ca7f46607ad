import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Pages between two collections: at 500 objects each, some 10 MB of text. */
const PAGES = 8;

/**
 * A scan makes garbage and keeps next to nothing, and V8 would let that grow to several times of what is in use before it looks. Gives a
 * function to call for each page; now and then it has the garbage collected.
 */
export function smallHeap(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let pages = 0;
  return () => {
    pages += 1;
    if (pages % PAGES === 0) collect();
  };
}
