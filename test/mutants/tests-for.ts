import { isNear } from './areas.ts';
import type { Covered, TestsOfFile } from './child.ts';
import type { Mutant } from './instrument.ts';

/**
 * The tests that can kill a mutant: those that execute it, beside its file or, where none is there, all that were run. What a file does as it
 * loads belongs to no test: the tests that execute anything of the file count, or those that load it when it only holds data.
 */
export function testsFor(
  mutant: Mutant,
  idOf: ReadonlyMap<Mutant, string>,
  covered: Covered,
  room: readonly Mutant[],
  reached: ReadonlySet<string>,
): TestsOfFile[] {
  const ran = Object.keys(covered.milliseconds);
  const id = idOf.get(mutant) ?? '';
  if ((covered.static[id] ?? 0) === 0) return nearest(executing(new Set([id]), covered), mutant, covered);
  const ofFile = new Set(room.filter(({ file }) => file === mutant.file).map((one) => idOf.get(one) ?? ''));
  const touching = [...executing(ofFile, covered).keys()];
  const loading = touching.length > 0 ? touching : ran.filter((test) => reached.has(test));
  return nearest(new Map(loading.map((test) => [test, undefined])), mutant, covered);
}

/** Per file of tests the places of those that execute one of these mutants; undefined where something outside of its tests does. */
function executing(ids: ReadonlySet<string>, covered: Covered): Map<string, number[] | undefined> {
  const found = new Map<string, number[] | undefined>();
  for (const [test, counts] of Object.entries(covered.perTest)) {
    if (!Object.keys(counts).some((id) => ids.has(id))) continue;
    const [file = '', place] = test.split('#');
    if (place === undefined) found.set(file, undefined);
    else if (!found.has(file)) found.set(file, [Number(place)]);
    else found.get(file)?.push(Number(place));
  }
  return found;
}

/** The quickest file first. */
function nearest(found: ReadonlyMap<string, readonly number[] | undefined>, mutant: Mutant, covered: Covered) {
  const all = [...found].map(([file, places]) => ({ file, places, milliseconds: covered.milliseconds[file] ?? [] }));
  const near = all.filter(({ file }) => isNear(file, mutant.file));
  const took = ({ places, milliseconds }: TestsOfFile): number =>
    (places?.map((at) => milliseconds[at] ?? 0) ?? milliseconds).reduce((sum, one) => sum + one, 0);
  return (near.length > 0 ? near : all).toSorted((a, b) => took(a) - took(b));
}
