import type { Covered } from './child.ts';
import type { Mutant } from './instrument.ts';
import { testsFor } from './tests-for.ts';

const mutant = (id: string, file = 'core/store/a.ts'): Mutant => ({
  id,
  file,
  line: 1,
  kind: '',
  where: '',
  was: '',
  becomes: '',
});
const [one, loaded, other] = [mutant('1'), mutant('2'), mutant('3', 'core/store/b.ts')];
const all = [one, loaded, other];
const idOf = new Map(all.map((each) => [each, each.id]));
const BESIDE = 'core/store/a.test.ts';
const CONTRACT = 'test/contract/table.test.ts';
const FAR = 'test/behaviour/waves.test.ts';
const reached = new Set([BESIDE, CONTRACT, FAR]);
const covered = (perTest: Covered['perTest'], ran = [BESIDE, CONTRACT, FAR]): Covered => ({
  milliseconds: Object.fromEntries(ran.map((file, at) => [file, [10 * at, 20, 30]])),
  failed: [],
  static: { '2': 1 },
  perTest,
});
const asked = (which: Mutant, given: Covered) =>
  testsFor(which, idOf, given, all, reached).map(({ file, places }) => [file, places]);

test('the tests that execute a mutant beside its file are run, the quickest file first', () => {
  const perTest = {
    [`${CONTRACT}#2`]: { '1': 1 },
    [`${BESIDE}#0`]: { '1': 1 },
    [`${FAR}#1`]: { '1': 1 },
    [`${BESIDE}#2`]: { '3': 1 },
  };
  expect(asked(one, covered(perTest))).toEqual([
    [BESIDE, [0]],
    [CONTRACT, [2]],
  ]);
});

test('tests from afar are run where none beside the file executes it, and none where nothing does', () => {
  expect(asked(one, covered({ [`${FAR}#0`]: { '1': 1 }, [`${FAR}#2`]: { '1': 2 } }))).toEqual([[FAR, [0, 2]]]);
  expect(asked(one, covered({}))).toEqual([]);
});

test('what a hook executes is of all tests of the file', () => {
  expect(asked(one, covered({ [BESIDE]: { '1': 1 }, [`${BESIDE}#1`]: { '1': 1 } }))).toEqual([[BESIDE, undefined]]);
});

test('what happens at loading is seen by all tests of files that execute anything of the file, or load it when it only holds data', () => {
  expect(asked(loaded, covered({ [`${CONTRACT}#1`]: { '1': 1 } }))).toEqual([[CONTRACT, undefined]]);
  expect(asked(loaded, covered({ [`${CONTRACT}#1`]: { '3': 1 } }))).toEqual([
    [BESIDE, undefined],
    [CONTRACT, undefined],
  ]);
});
