import { quarantineReasons, settledAt } from './quarantine.ts';

const cluster = (more: object = {}) => ({
  name: 'web',
  status: 'ACTIVE',
  createdAt: '2026-11-20T08:00:00.000Z',
  ...more,
});

test.each([
  ['one that is being deleted', { status: 'DELETING' }, '2026-11-22T08:00:00Z', ['Deleting']],
  ['one that is being created', { status: 'CREATING' }, '2026-11-20T08:01:00Z', ['Creating']],
  ['a new one', {}, '2026-11-20T13:59:59Z', ['RecentlyCreated']],
  ['one that has settled', {}, '2026-11-20T14:00:00Z', []],
  ['one that is being updated', { status: 'UPDATING' }, '2026-11-22T08:00:00Z', []],
])('%s', (_, more, now, codes) => {
  expect(quarantineReasons(cluster(more), new Date(now)).map(({ code }) => code)).toStrictEqual(codes);
});

test('a new cluster is told until when it is left alone', () => {
  expect(settledAt(cluster()).toISOString()).toBe('2026-11-20T14:00:00.000Z');
  expect(quarantineReasons(cluster(), new Date('2026-11-20T08:01:00Z'))[0]?.message).toBe(
    'The cluster web was created at 2026-11-20T08:00:00.000Z; new ones are left alone until 2026-11-20T14:00:00.000Z.',
  );
});
