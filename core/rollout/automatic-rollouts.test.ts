import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import { automaticRollouts } from './automatic-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { servedKeys } from './tried.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const web = clusterRecord({ name: 'web', version: '1.36' });
const policy = (more: object = {}) => ({
  selector: {},
  target: '1.37',
  trigger: 'automatic',
  waves: [{ name: 'all' }],
  ...more,
});

interface Given {
  readonly clusters?: readonly ClusterRecord[];
  readonly policies?: Readonly<Record<string, object>>;
  readonly rollouts?: readonly Partial<Rollout>[];
  readonly history?: Partial<NonNullable<FleetSnapshot['history']>> | 'none';
  readonly mode?: 'act' | 'observe';
  readonly more?: Partial<FleetSnapshot>;
}

function planned({
  clusters = [web],
  policies = { p: policy() },
  rollouts = [],
  history = {},
  mode = 'act',
  more,
}: Given) {
  const base = fleetSnapshot({ clusters, policies });
  const known = { waves: [], members: [], served: new Set<string>(), accounts: undefined };
  const past = { ...known, rollouts: rollouts.map((one) => rolloutItem(one)) };
  const { history: _, ...rest } = base;
  return automaticRollouts(
    {
      ...rest,
      fleet: base.fleet && { ...base.fleet, mode },
      ...(history === 'none' ? {} : { history: { ...past, ...history } }),
      ...more,
    },
    NOW,
  );
}
const left = (rolloutId: string | undefined): Upgrade => ({
  ...upgrade({ clusterKey: web.clusterKey, status: 'Parked', mutated: true }),
  rolloutId,
});
const names = (given: Given) => planned(given).map(({ rollout }) => rollout.policy);

const young = { createdAt: new Date(NOW.getTime() - 3_600_000).toISOString() };

test.each<[string, Given, readonly string[]]>([
  ['a cluster is behind', {}, ['p']],
  ['no cluster is behind', { clusters: [{ ...web, version: '1.37' }] }, []],
  ['its policy waits for a person', { policies: { p: policy({ trigger: 'manual' }) } }, []],
  ['its only cluster is new', { clusters: [{ ...web, ...young }] }, []],
  ['its only cluster is being deleted', { clusters: [{ ...web, status: 'DELETING' }] }, []],
  ['one of its clusters is new', { clusters: [web, clusterRecord({ name: 'new', version: '1.36', ...young })] }, ['p']],
  ['the fleet is only observed', { mode: 'observe' }, []],
  ['an abort has left its upgrade half done', { more: { upgrades: [left('r')] } }, []],
  ['a rollout goes on with its upgrade', { more: { upgrades: [left('r')], rollouts: [rolloutItem()] } }, ['p']],
  ['a person has begun its upgrade', { more: { upgrades: [left(undefined)] } }, ['p']],
  ['there is no Fleet', { more: { fleet: undefined } }, []],
  ['nobody has looked at what was', { history: 'none' }, []],
  ['nobody has looked into the accounts yet', { history: { accounts: [] } }, []],
  ['another one of its policy is under way', { rollouts: [{ policy: 'p', status: 'Halted' }] }, []],
  [
    'all of its policy have ended',
    {
      rollouts: [
        { policy: 'p', status: 'Aborted' },
        { policy: 'p', status: 'Completed' },
      ],
    },
    ['p'],
  ],
  ['one of another policy is under way', { rollouts: [{ policy: 'other' }] }, ['p']],
  [
    'its only cluster had its try',
    { history: { served: new Set(servedKeys('p', { clusterKey: web.clusterKey, from: web.version, to: '1.37' })) } },
    [],
  ],
  [
    'its cluster had its try for another target',
    { history: { served: new Set(servedKeys('p', { clusterKey: web.clusterKey, from: web.version, to: '1.36' })) } },
    ['p'],
  ],
  [
    'its cluster had its try under another policy',
    { history: { served: new Set(servedKeys('q', { clusterKey: web.clusterKey, from: web.version, to: '1.37' })) } },
    ['p'],
  ],
])('a rollout is planned by itself where it should be: %s', (_, given, expected) => {
  expect(names(given)).toStrictEqual(expected);
});

test('each policy has its own, in the name of Liftlock', () => {
  const policies = {
    p: policy({ selector: { matchLabels: { env: 'dev' } } }),
    q: policy({ selector: { matchLabels: { env: 'prod' } } }),
  };
  const clusters = ['dev', 'prod'].map((env) => clusterRecord({ name: env, version: '1.36', labels: { env } }));
  expect(planned({ clusters, policies }).map(({ rollout, members }) => [rollout.policy, members.length])).toEqual([
    ['p', 1],
    ['q', 1],
  ]);
  const [only] = planned({});
  expect(only?.rollout).toMatchObject({ createdBy: 'liftlock', createdAt: NOW.toISOString() });
});

test('with every account looked into, a rollout is planned', () => {
  const looked = { region: 'eu-central-1', status: 'Ok' as const, clusters: 0, checkedAt: NOW.toISOString() };
  const accounts = ['111111111111', web.account].map((account) => ({ account, ...looked }));
  expect(names({ history: { accounts } })).toEqual(['p']);
});

test('the same clusters may come again, and then it is another rollout; other policies do not count', () => {
  const idOf = (given: Given) => planned(given)[0]?.rollout.id;
  const ended = { policy: 'p', status: 'Completed' as const };
  expect(idOf({ rollouts: [ended] })).not.toBe(idOf({}));
  expect(idOf({ rollouts: [ended, { ...ended, policy: 'other' }] })).toBe(idOf({ rollouts: [ended] }));
});
