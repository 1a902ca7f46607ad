import { nodesSchema } from '../../config/schema/nodes.ts';
import type { UpdateConfigEntry } from '../../contracts/items/protocol.ts';
import { settingsOf } from '../../model/update-settings.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { asRolled, formerOf, nextOfPutBack, settingsFor, settingsText } from './update-config.ts';

const group = (updateConfig?: object, more: object = {}): Nodegroup => ({
  ...{ nodegroupName: 'a', clusterName: 'web', status: 'ACTIVE', nodegroupArn: 'arn:a/1' },
  ...(updateConfig === undefined ? {} : { updateConfig }),
  ...more,
});
const nodes = (updateConfig: object) => nodesSchema.parse({ updateConfig });
const own = { maxUnavailable: 1, updateStrategy: 'DEFAULT' };
const three = { maxUnavailable: 3, updateStrategy: 'DEFAULT' };
const entry: UpdateConfigEntry = {
  ...{ clusterKey: 'web', effect: 'updateConfig', subject: 'a', uid: 'arn:a/1', upgradeId: '1.36-1.37' },
  ...{ former: own, ours: three, recordedAt: '2026-11-20T12:00:00.000Z' },
};

test.each<[string, object | undefined, object]>([
  ['nothing', undefined, own],
  ['a number', { maxUnavailable: 3 }, three],
  ['a share', { maxUnavailablePercentage: 20 }, { maxUnavailablePercentage: 20, updateStrategy: 'DEFAULT' }],
  ['old ones first', { updateStrategy: 'MINIMAL' }, { maxUnavailable: 1, updateStrategy: 'MINIMAL' }],
])('what EKS does where %s is set', (_, updateConfig, expected) => {
  expect(settingsOf(group(updateConfig))).toEqual(expected);
});

test.each<[string, object, Nodegroup, object]>([
  ['a number', { maxUnavailable: 3 }, group(), three],
  ['a number in place of a share', { maxUnavailable: 3 }, group({ maxUnavailablePercentage: 50 }), three],
  ['a share', { maxUnavailablePercentage: 50 }, group(), { maxUnavailablePercentage: 50, updateStrategy: 'DEFAULT' }],
  [
    'the strategy of the group',
    { maxUnavailable: 3 },
    group({ updateStrategy: 'MINIMAL' }),
    { ...three, updateStrategy: 'MINIMAL' },
  ],
  ['its own strategy', { maxUnavailable: 3, updateStrategy: 'DEFAULT' }, group({ updateStrategy: 'MINIMAL' }), three],
  ['no more than there may be', { maxUnavailable: 50 }, group({}, { scalingConfig: { maxSize: 3 } }), three],
  ['one where there may be none', { maxUnavailable: 50 }, group({}, { scalingConfig: { maxSize: 0 } }), own],
])('a policy asks for %s', (_, updateConfig, of, expected) => {
  expect(settingsFor(nodes(updateConfig), of)).toEqual(expected);
  expect(settingsOf(asRolled(nodes(updateConfig), of))).toEqual(expected);
});

test.each<[number, number, object]>([
  [300, 120, { maxUnavailablePercentage: 50, updateStrategy: 'DEFAULT' }],
  [300, 99, { maxUnavailable: 99, updateStrategy: 'DEFAULT' }],
])('a share of %i nodes is never more than the 100 that EKS takes, with room for %i', (desiredSize, room, expected) => {
  const of = group({ maxUnavailablePercentage: 50 }, { scalingConfig: { desiredSize } });
  expect(settingsFor(undefined, of, room)).toEqual(expected);
});

test('without a word of the policy a group is rolled as it is set', () => {
  const of = group({ maxUnavailablePercentage: 20, updateStrategy: 'MINIMAL' });
  for (const said of [undefined, nodesSchema.parse({ podEvictionFailure: { retries: 1 } })]) {
    expect(settingsFor(said, of)).toEqual(settingsOf(of));
    expect(asRolled(said, of)).toBe(of);
  }
});

test.each<[string, Nodegroup | undefined, object, Partial<UpdateConfigEntry>?]>([
  ['is as we set it', group({ maxUnavailable: 3 }), { updateConfig: { maxUnavailable: 1 } }],
  [
    'is as we set it, strategy and all',
    group({ maxUnavailable: 3, updateStrategy: 'DEFAULT' }),
    { updateConfig: { maxUnavailable: 1 } },
  ],
  ['has got another number', group({ maxUnavailable: 2 }), { ended: 'notOurs' }],
  ['has got a share', group({ maxUnavailablePercentage: 3 }), { ended: 'notOurs' }],
  ['has got another strategy', group({ maxUnavailable: 3, updateStrategy: 'MINIMAL' }), { ended: 'notOurs' }],
  ['has its own already', group({ maxUnavailable: 1 }), { ended: 'undone' }],
  ['is gone', undefined, { ended: 'gone' }],
  ['is another one of that name', group({ maxUnavailable: 3 }, { nodegroupArn: 'arn:a/2' }), { ended: 'gone' }],
  [
    'may have fewer nodes by now than it replaced at once',
    group({ maxUnavailable: 3 }, { scalingConfig: { maxSize: 4 } }),
    { updateConfig: { maxUnavailable: 4 } },
    { former: { maxUnavailable: 8, updateStrategy: 'DEFAULT' } },
  ],
  [
    'had another strategy',
    group({ maxUnavailable: 3 }),
    { updateConfig: { maxUnavailablePercentage: 10, updateStrategy: 'MINIMAL' } },
    { former: { maxUnavailablePercentage: 10, updateStrategy: 'MINIMAL' } },
  ],
])('its own settings are put back to a group that %s', (_, of, expected, more = {}) => {
  const next = nextOfPutBack({ ...entry, ...more }, of);
  const named = { clusterName: 'web', nodegroupName: 'a' };
  expect(next).toEqual('updateConfig' in expected ? { undo: { ...named, ...expected } } : expected);
});

test.each<[string, Nodegroup, UpdateConfigEntry | undefined, object]>([
  ['nobody has set anything', group(), undefined, own],
  ['we have set it and not put back', group({ maxUnavailable: 3 }), entry, own],
  [
    'we had put it back, and somebody has set the same',
    group({ maxUnavailable: 3 }),
    { ...entry, closed: { how: 'undone', at: '' } },
    three,
  ],
  ['somebody has set others since', group({ maxUnavailable: 5 }), entry, { ...three, maxUnavailable: 5 }],
  ['that was another group', group({ maxUnavailable: 3 }, { nodegroupArn: 'arn:a/2' }), entry, three],
])('what is its own where %s', (_, of, before, expected) => {
  expect(formerOf(of, before)).toEqual(expected);
});

test('in words', () => {
  expect([own, three, { maxUnavailablePercentage: 20, updateStrategy: 'MINIMAL' }].map(settingsText)).toEqual([
    '1 node at once, new ones first',
    '3 nodes at once, new ones first',
    '20 % of the nodes at once, old ones first',
  ]);
});
