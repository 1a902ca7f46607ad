import { type Channels, channelSpecOf } from './channels.ts';

const applied: Channels = new Map([
  ['stable', { target: '1.33' }],
  ['ours', { target: 'latest-2' }],
  ['extended', undefined],
]);

test.each<[string, Parameters<typeof channelSpecOf>[0], object | undefined]>([
  ['a version is its own', '1.34', { target: '1.34' }],
  ['a channel that is applied', { channel: 'ours' }, { target: 'latest-2' }],
  ['one that comes with Liftlock', { channel: 'rapid' }, { target: 'latest' }],
  ['one that comes with Liftlock and was replaced', { channel: 'stable' }, { target: '1.33' }],
  ['one that comes with Liftlock and was replaced by what nobody can read', { channel: 'extended' }, undefined],
  ['one that nobody knows', { channel: 'other' }, undefined],
])('a policy aims at what its target says: %s', (_, target, spec) => {
  expect(channelSpecOf(target, applied)).toEqual(spec);
});
