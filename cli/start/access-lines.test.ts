import { accessLines } from './access-lines.ts';

const report = { decided: 12, permissions: 3, missing: [], ineffective: [], problems: [] };

test('a healthy run is told how much was decided, and no more', () => {
  expect(accessLines(report, [])).toEqual({
    lines: [
      '',
      'Permissions',
      "  12 accesses were decided by the template's policies; 3 distinct permissions were used.",
    ],
    ok: true,
  });
});

test('what is missing, not understood or broken is told, and is no success', () => {
  const told = (more: object) => {
    const { lines, ok } = accessLines({ ...report, ...more }, []);
    return [lines.slice(3), ok];
  };
  expect(told({ missing: ['a is missing b'] })).toEqual([['  MISSING:', '    a is missing b'], false]);
  expect(told({ problems: ['what?'] })).toEqual([['  NOT UNDERSTOOD:', '    what?'], false]);
  expect(told({ ineffective: ['a b on c'] })).toEqual([['  Granted, and can never match:', '    a b on c'], true]);
  const fault = (name: string) => ({ function: 'f', error: Object.assign(new Error('no'), { name }) }) as never;
  expect(accessLines(report, [fault('MissingEnvironment')]).ok).toBe(false);
  expect(accessLines(report, [fault('AccessDenied')]).ok).toBe(true);
});
