import { definition } from './function.ts';

test('a run that comes to its end is counted, whatever it found', () => {
  expect(definition.counts?.({ announced: 0, unreadable: [] })).toMatchObject({ Runs: 1 });
});
