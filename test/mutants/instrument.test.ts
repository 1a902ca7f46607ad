import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenBy } from './chosen.ts';
import { instrument, type Mutant } from './instrument.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'liftlock-mutants-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a mutant is named by what it replaces, on one line; texts are left alone', async () => {
  writeFileSync(
    join(root, 'a.ts'),
    `export const isFull = (count: number): boolean =>\n  count\n  > 3 && 'x' !== \`\${count}\`;\n`,
  );
  const { mutants, code } = await instrument(root, ['a.ts']);
  expect(mutants.filter(({ kind }) => kind === 'StringLiteral')).toEqual([]);
  expect(mutants).toContainEqual({
    id: expect.any(String) as string,
    file: 'a.ts',
    line: 2,
    kind: 'EqualityOperator',
    where: 'count',
    was: 'count > 3',
    becomes: 'count >= 3',
  });
  expect(code.get('a.ts')).not.toContain(': boolean');
});

test('a sample is the same for the same seed', async () => {
  writeFileSync(
    join(root, 'a.ts'),
    'export const sum = (a: number, b: number) => [a + b, a - b, a * b, a > b, a < b];\n',
  );
  const { mutants } = await instrument(root, ['a.ts']);
  const sample = (seed: string) => chosenBy(mutants, { sample: '4', seed }).map(({ id }) => id);
  expect(sample('x')).toHaveLength(4);
  expect(sample('x')).toEqual(sample('x'));
  expect(['a', 'b', 'c', 'd'].map(sample).some((ids) => ids.join() !== sample('x').join())).toBe(true);
  expect(chosenBy(mutants, {})).toEqual(mutants);
});

test('without a seed chance is drawn from the code: the same for the same code, another when it has changed', () => {
  const idsOf = (word: string) => {
    const made = (_: unknown, id: number) =>
      ({ id: `${id}`, file: 'a.ts', line: id, was: word, becomes: '' }) as Mutant;
    return chosenBy(Array.from({ length: 60 }, made), { sample: '20' }).map(({ id }) => id);
  };
  expect(idsOf('a')).toEqual(idsOf('a'));
  expect(idsOf('b')).not.toEqual(idsOf('a'));
});

test('a sample is of a few files, and no file is all of it', () => {
  const mutants = ['a', 'b', 'c', 'd', 'e'].flatMap((name) =>
    Array.from({ length: 40 }, (_, id) => ({ id: `${id}`, file: `${name}.ts` }) as Mutant),
  );
  const counts = [...Map.groupBy(chosenBy(mutants, { sample: '60', seed: 'x' }), ({ file }) => file).values()];
  expect(counts.map(({ length }) => length)).toEqual([25, 25, 10]);
});
