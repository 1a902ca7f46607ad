import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { plannedWave, planRollout } from './plan-rollout.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const paused = { tags: { 'liftlock/paused': 'true' } };
const waves = [{ name: 'dev', selector: { matchLabels: { env: 'dev' } } }, { name: 'rest' }];
const policy = { selector: {}, target: 'latest', waves };
const cluster = (name: string, more: Partial<ClusterRecord> = {}) => clusterRecord({ name, version: '1.36', ...more });

function planned(
  clusters: readonly ClusterRecord[],
  {
    more,
    salt,
    name = 'p',
  }: { readonly more?: Partial<FleetSnapshot>; readonly salt?: string; readonly name?: string } = {},
) {
  const snapshot = { ...fleetSnapshot({ clusters, policies: { p: policy } }), ...more };
  return planRollout(snapshot, name, { now: NOW, createdBy: 'ann', ...(salt === undefined ? {} : { salt }) });
}

const error = (target: string) =>
  ({
    scannedAt: '',
    target,
    gaps: 0,
    causes: [{ severity: 'error', cause: 'x' }],
  }) as unknown as LatestScans['scans'][number];

test('a plan has the rollout, its waves and every member in its place', () => {
  const plan = planned([cluster('b'), cluster('a', paused), cluster('c', { labels: { env: 'dev' } })]);
  expect(plan?.rollout).toEqual({
    id: expect.stringMatching(/^p-1-37-[0-9a-f]{8}$/),
    policy: 'p',
    policyRevision: JSON.stringify(policy),
    target: '1.37',
    status: 'Running',
    createdBy: 'ann',
    createdAt: NOW.toISOString(),
    waves: ['dev', 'rest'],
    reasons: [],
  });
  expect(plan?.members).toMatchObject([
    { waveIndex: 0, name: 'c', status: 'Pending', position: 1 },
    { waveIndex: 1, name: 'a', status: 'Excluded', position: 1, inFlight: false, reasons: [{ code: 'Excluded' }] },
    { waveIndex: 1, name: 'b', status: 'Pending', position: 2, inFlight: false, reasons: [], from: '1.36', to: '1.37' },
  ]);
  expect(plan?.waves).toMatchObject([
    { index: 0, name: 'dev', status: 'Pending', members: 1, needWork: 1, excluded: 0 },
    { index: 1, name: 'rest', members: 2, needWork: 1, excluded: 1, inFlight: 0, succeeded: 0, failed: 0, blocked: 0 },
  ]);
});

test.each<[string, Parameters<typeof planned>[0], Parameters<typeof planned>[1]]>([
  ['the policy is gone', [cluster('a')], { name: 'gone' }],
  ['there is no Fleet', [cluster('a')], { more: { fleet: undefined } }],
  ['every cluster is excluded', [cluster('a', paused)], {}],
  ['every cluster is there', [cluster('a', { version: '1.37' })], {}],
])('nothing is planned where %s', (_, clusters, options) => {
  expect(planned(clusters, options)).toBeUndefined();
});

test('a plan has another name for other clusters, and for another salt, and for nothing else', () => {
  const id = (clusters: readonly ClusterRecord[], salt?: string) =>
    planned(clusters, salt === undefined ? {} : { salt })?.rollout.id;
  const [a, b] = [cluster('a'), cluster('b', { labels: { env: 'dev' } })];
  expect(id([a, b])).toBe(id([b, a]));
  expect(id([a, b], '')).toBe(id([a, b]));
  expect(new Set([id([a]), id([b]), id([a, b]), id([a], '1')]).size).toBe(4);
});

test('a plan has another name where a cluster is in another wave, where something blocks it and where its policy is another', () => {
  const a = cluster('a');
  const scans = new Map([[a.clusterKey, { clusterKey: a.clusterKey, scans: [error('1.37')] }]]);
  const snapshot = fleetSnapshot({ clusters: [a], policies: { p: policy } });
  const [known] = snapshot.policies.values();
  const policies = new Map(known === undefined ? [] : [['p', { ...known, revision: 'another' }]]);
  const plans = [
    planned([a]),
    planned([{ ...a, labels: { env: 'dev' } }]),
    planned([a], { more: { scans } }),
    planned([a], { more: { policies } }),
  ];
  expect(new Set(plans.map((plan) => plan?.rollout.id)).size).toBe(4);
});

test('the target of a rollout is the newest of its members, whichever comes first', () => {
  const pinned = cluster('b', { tags: { 'liftlock/pin-version': '1.36' }, version: '1.35' });
  for (const names of [
    ['a', 'c'],
    ['c', 'a'],
  ]) {
    const [first = '', last = ''] = names;
    const plan = planned([cluster(first), { ...pinned, name: 'b' }, cluster(last)]);
    expect(plan?.rollout.target).toBe('1.37');
    expect(plan?.members.find(({ name }) => name === 'b')?.to).toBe('1.36');
  }
});

describe('a wave that is planned', () => {
  const { policies, ...rest } = fleetSnapshot({ clusters: [], policies: { p: policy } });
  const applied = policies.get('p')?.policy;
  const [spec] = applied?.spec.waves ?? [];
  if (applied === undefined || spec === undefined) throw new Error('there is no policy');
  const scanned = (scannedAt: string, more: object = {}) => ({ ...error('1.37'), scannedAt, ...more });
  const scansOf = (at: Readonly<Record<string, string>>) =>
    new Map(
      Object.entries(at).map(([clusterKey, scannedAt]) => [clusterKey, { clusterKey, scans: [scanned(scannedAt)] }]),
    );
  const scans = scansOf({ k1: '' });
  const wave = (members: Parameters<typeof plannedWave>[4], more: Partial<FleetSnapshot> = {}) =>
    plannedWave({ ...rest, policies, ...more }, applied, { rolloutId: 'r', index: 0 }, spec, members);
  const member = (number: number, status: Parameters<typeof memberItem>[0] = {}) =>
    memberItem({ clusterKey: `k${number}`, ...status });

  test('counts its members by where they stand; who is excluded or set aside needs no work', () => {
    const statuses = [
      'Pending',
      'Succeeded',
      'Failed',
      'Failed',
      'Blocked',
      'Excluded',
      'Excluded',
      'Quarantined',
    ] as const;
    const { planHash, ...counted } = wave(statuses.map((status, number) => member(number, { status })));
    expect(counted).toEqual(
      waveItem({
        ...{
          name: 'dev',
          status: 'Pending',
          members: 8,
          needWork: 5,
          succeeded: 1,
          failed: 2,
          blocked: 1,
          excluded: 2,
        },
        ...{ quarantined: 1, canaries: 0, countInFlight: false, calendars: [] },
      }),
    );
  });

  test('says how many are owed, since they are held or cannot be read, and how many failed in a wave that was given up', () => {
    const excluded = (code: 'Held' | 'Unreachable' | 'Excluded') =>
      member(1, {
        status: 'Excluded',
        reasons: [
          { code: 'Frozen', message: '' },
          { code, message: '' },
        ],
      });
    const stray = { isStray: true as const };
    expect(wave([excluded('Held'), excluded('Unreachable'), excluded('Excluded')])).toMatchObject({ owed: 2 });
    expect(wave([excluded('Excluded'), member(2, { reasons: [{ code: 'Held', message: '' }] })])).not.toHaveProperty(
      'owed',
    );
    expect(wave([member(1, { status: 'Failed', ...stray }), member(2, { status: 'Failed' })])).toMatchObject({
      strays: 1,
    });
    expect(wave([member(1, { status: 'Blocked', ...stray })])).not.toHaveProperty('strays');
  });

  test('does not know what blocks it while somebody who goes was not scanned since a restore', () => {
    const epoch = { number: 2, restoredAt: '2026-11-20T12:00:00.000Z' };
    const when = (at: Record<string, string>) => ({ epoch, scans: scansOf(at) });
    const [before, after] = ['2026-11-20T11:59:00.000Z', '2026-11-20T12:01:00.000Z'];
    const two = [member(1), member(2)];
    expect(wave(two, when({ k1: after, k2: after })).blockingFindings).toBe(2);
    expect(wave([member(1), member(2, { status: 'Excluded' })], when({ k1: after })).blockingFindings).toBe(1);
    for (const known of [{ k1: after, k2: before }, { k1: after }, {}])
      expect(wave(two, when(known))).not.toHaveProperty('blockingFindings');
    expect(wave(two, { epoch, scans })).not.toHaveProperty('blockingFindings');
    expect(wave([member(1)], { ...when({ k1: before }), epoch: { number: 1 } }).blockingFindings).toBe(1);
  });

  test.each<[string, object[], boolean]>([
    ['each of its hops was scanned since', [{ target: '1.36' }, { target: '1.37' }], true],
    ['only the last hop was', [{ target: '1.37' }], false],
    ['only the first hop was', [{ target: '1.36' }], false],
    ['a scan could not read everything', [{ target: '1.36', gaps: 1 }, { target: '1.37' }], false],
  ])('of two hops after a restore it knows what blocks it where %s', (_, hops, isKnown) => {
    const epoch = { number: 2, restoredAt: '2026-11-20T12:00:00.000Z' };
    const of = { clusterKey: 'k1', scans: hops.map((one) => scanned('2026-11-20T12:01:00.000Z', one)) };
    const known = new Map([['k1', of]]);
    const planned = wave([member(1, { from: '1.35' })], { epoch, scans: known });
    expect(planned.blockingFindings !== undefined).toBe(isKnown);
    // A member that has succeeded has no further hop.
    expect(wave([member(1, { from: '1.37' })], { epoch, scans: known }).blockingFindings).toBe(0);
  });

  test('does not know what blocks it while nobody has scanned somebody who goes for the first hop', () => {
    expect(wave([member(1), member(2)], { scans })).not.toHaveProperty('blockingFindings');
    expect(wave([member(1), member(2, { status: 'Excluded' })], { scans }).blockingFindings).toBe(1);
    // A later hop is scanned at its turn.
    const first = new Map([['k1', { clusterKey: 'k1', scans: [scanned('', { target: '1.36' })] }]]);
    expect(wave([member(1, { from: '1.35' })], { scans: first }).blockingFindings).toBe(1);
  });

  test('does not know what blocks it where the newest scan could not read everything, restored or not', () => {
    const of = { clusterKey: 'k1', scans: [scanned('2026-11-20T12:01:00.000Z', { verdict: 'fail', gaps: 1 })] };
    expect(wave([member(1)], { scans: new Map([['k1', of]]) })).not.toHaveProperty('blockingFindings');
  });

  test('is another plan with who goes, and not with what blocks it or who is excluded', () => {
    const hash = (...given: Parameters<typeof wave>) => wave(...given).planHash;
    expect(wave([member(1)], { scans }).blockingFindings).toBe(1);
    expect(wave([member(1, { status: 'Excluded' })], { scans }).blockingFindings).toBe(0);
    expect(hash([member(1)], { scans })).toBe(hash([member(1)]));
    expect(hash([member(1), member(2, { status: 'Excluded' })])).toBe(hash([member(1)]));
    expect(hash([member(1), member(2)])).not.toBe(hash([member(1)]));
  });
});
