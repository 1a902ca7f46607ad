import { readFileSync } from 'node:fs';
import { dataModel } from './data-model.ts';

export const DOCUMENT = new URL('../data-model.md', import.meta.url);
const BEGIN = '<!-- begin generated: node docs/generate/write.ts -->';
const END = '<!-- end generated -->';

/** The document as it is, and as it should be: what stands between the markers comes from the code. */
export function dataModelDocument(): { readonly actual: string; readonly wanted: string } {
  const actual = readFileSync(DOCUMENT, 'utf8');
  const [before, rest] = actual.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('docs/data-model.md has lost its markers of the generated part');
  return { actual, wanted: `${before}${BEGIN}\n\n${dataModel()}\n\n${END}${after}` };
}
