import { definition } from './function.ts';

test('a run that comes to its end is counted, whatever it found', () => {
  expect(definition.counts?.({ items: 0, accounts: [] })).toMatchObject({ Runs: 1 });
});
