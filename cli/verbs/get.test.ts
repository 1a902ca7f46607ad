import { get } from './get.ts';

test('a policy that somebody has deleted is told of from the one answer that lists policies', async () => {
  let asked = 0;
  const deleted = [{ name: 'standard', by: 'bob', at: '2026-11-20T08:00:00.000Z', reason: 'renamed' }];
  const policies = {
    $get: async () => {
      asked += 1;
      return { items: [], deleted };
    },
  };
  const session = { client: async () => ({ v1: { policies } }) } as never;
  const options = { output: 'table', interval: 5, headers: true } as const;
  await expect(get(session, 'policies', 'standard', options)).rejects.toThrow(
    'there is no policy standard any more: it was deleted by bob at 2026-11-20T08:00:00.000Z: renamed',
  );
  expect(asked).toBe(1);
});

test('that no cluster is recorded is no proof that there is none: what was looked at is named', async () => {
  const told: string[] = [];
  const client = { v1: { clusters: {} }, whole: async () => ({ items: [] }) };
  const session = { client: async () => client, io: { err: (text: string) => told.push(text) } } as never;
  const options = { output: 'table', interval: 5, headers: true } as const;
  await get(session, 'clusters', undefined, options);
  await get(session, 'clusters', undefined, { ...options, selector: 'env=nowhere' });
  expect(told).toEqual([
    'No cluster is recorded. What discovery could look at, and how many it lists there: liftlock get accounts\n',
    'No clusters found.\n',
  ]);
});
