import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { KnownScans } from '../contracts/items/scan.ts';
import { askedToBeReady, unready } from './require-ready.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000).toISOString();
const web = clusterRecord({ name: 'web', version: '1.35' });
const scan = (parts: Partial<KnownScans['scans'][number]> = {}) => ({
  ...{ scannedAt: hoursAgo(1), from: '1.35', target: '1.36', verdict: 'pass' as const, gaps: 0, causes: [] },
  ...parts,
});
const stuck = { cause: 'drain:web/api', owner: 'team-web', severity: 'error', findings: 1 } as const;
const failing = scan({ verdict: 'fail', causes: [stuck] });
const member = memberItem({ clusterKey: web.clusterKey, name: 'web', from: '1.35', to: '1.36', waveIndex: 0 });
const all = waveItem({ name: 'all' });
const ALL = { rollout: { policy: 'p' }, waves: [all], wave: all };

function waitsFor(scans: KnownScans['scans'], required: string | undefined, more: object = {}, to = '1.36') {
  const looks = {
    clusters: new Map([[web.clusterKey, web]]),
    scans: new Map([[web.clusterKey, { clusterKey: web.clusterKey, scans: [...scans] }]]),
    policies: new Map(),
    ...more,
  };
  const found = unready(looks, required === undefined ? {} : { requireReady: required }, ALL, [{ ...member, to }], NOW);
  return found?.reason.message.match(/\(requireReady\): (.*?)\. What/)?.[1];
}

test.each([
  ['nobody asks', [failing], undefined, undefined],
  ['it is ready', [scan()], '24h', undefined],
  ['it is blocked', [failing], '24h', 'web is blocked'],
  ['nobody has looked', [], '24h', 'web was not looked at yet'],
  [
    'something could not be read',
    [scan({ verdict: 'incomplete', gaps: 1 })],
    '24h',
    'web was not looked at as a whole',
  ],
  ['the look is as old as it may be', [scan({ scannedAt: hoursAgo(6) })], '6h', undefined],
  ['the look is older', [scan({ scannedAt: hoursAgo(6.1) })], '6h', 'web was looked at too long ago'],
  ['the look was at another minor', [scan({ from: '1.34' })], '24h', 'web was looked at too long ago'],
] as const)('a wave waits for its cluster or not: %s', (_, scans, required, said) => {
  expect(waitsFor([...scans], required)).toBe(said);
});

test('what stands in the way of a later hop counts as well', () => {
  const later = scan({ target: '1.37', verdict: 'fail', causes: [stuck] });
  expect(waitsFor([scan(), later], '24h', {}, '1.37')).toBe('web is blocked');
  expect(waitsFor([scan()], '24h', {}, '1.37')).toBeUndefined();
});

test('it says the commands that answer about the same way, and look at the hop that is in the way', () => {
  const scans = {
    clusterKey: web.clusterKey,
    scans: [scan(), scan({ target: '1.37', verdict: 'fail', causes: [stuck] })],
  };
  const looks = {
    clusters: new Map([[web.clusterKey, web]]),
    scans: new Map([[web.clusterKey, scans]]),
    policies: new Map(),
  };
  const found = unready(looks, { requireReady: '24h' }, ALL, [{ ...member, to: '1.37' }], NOW);
  expect(found?.reason.message).toContain('liftlock readiness cluster web --to 1.37.');
  expect(found?.reason.message).toContain('liftlock scan cluster web --target 1.37.');
});

test('a plan takes looks to be made in time, and what is known to be in the way to stay', () => {
  const planned = { takesLooksForMade: true };
  expect(waitsFor([], '24h', planned)).toBeUndefined();
  expect(waitsFor([scan({ scannedAt: hoursAgo(60) })], '24h', planned)).toBeUndefined();
  expect(waitsFor([{ ...failing, scannedAt: hoursAgo(60) }], '24h', planned)).toBe('web is blocked');
  const unread = scan({ verdict: 'incomplete', gaps: 1 });
  expect(waitsFor([unread], '24h', planned)).toBe('web was not looked at as a whole');
});

test('the first ten are named, and how many more there are', () => {
  const all = Array.from({ length: 12 }, (_, index) => ({ ...member, name: `web-${index}` }));
  const looks = { clusters: new Map([[web.clusterKey, web]]), scans: new Map(), policies: new Map() };
  const found = unready(looks, { requireReady: '24h' }, ALL, all, NOW);
  expect(found?.members).toHaveLength(12);
  expect(found?.reason.message).toMatch(/web-9 was not looked at yet and 2 more\. /);
  // It ignores a cluster that is no longer in the inventory.
  const gone = { ...looks, clusters: new Map() };
  expect(unready(gone, { requireReady: '24h' }, ALL, all, NOW)).toBeUndefined();
});

const asked = (own: Partial<Wave>[], rollout: Partial<Rollout> = {}, more: Partial<Member> = {}) => {
  const names = ['one', 'two'];
  const waves = names.map((name) => ({ name, clusters: [name], requireReady: '24h' }));
  const snapshot = fleetSnapshot({ clusters: [web], policies: { p: { selector: {}, target: '1.37', waves } } });
  const found = askedToBeReady({
    policies: snapshot.policies,
    rollouts: [rolloutItem({ waves: names, ...rollout })],
    waves: names.map((name, index) => waveItem({ index, name, status: 'Pending', ...own[index] })),
    members: names.map((name, waveIndex) => memberItem({ clusterKey: name, name, waveIndex, ...more })),
  });
  return found.map(({ name }) => name);
};

test('those are asked for whose wave is about to open', () => {
  expect(asked([{}, {}])).toEqual(['one']);
  expect(asked([{ status: 'Completed' }, {}])).toEqual(['two']);
  expect(asked([{ status: 'Open' }, {}])).toEqual([]);
  expect(asked([{}, {}], { status: 'Paused' })).toEqual(['one']);
  expect(asked([{}, {}], { status: 'Halted' })).toEqual([]);
  expect(asked([{}, {}], {}, { status: 'Quarantined' })).toEqual([]);
});
