import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { givesWayFor } from '../protocol/kept-away.ts';
import { fleetRefusals } from '../protocol/standing-refusals.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';
import { whileItRuns } from './verdict-while-it-runs.ts';

type Orders = Partial<Parameters<typeof givesWayFor>[1]>;

const SINCE = '2026-11-20T11:00:00.000Z';
const step = (more: Partial<Upgrade['steps'][string]> = {}): Upgrade['steps'][string] => ({
  ...{ status: 'done', startedAt: SINCE, reasons: [] },
  ...more,
});
const stop: Orders = { ofFleet: fleetRefusals({ mode: 'act' } as never, { stopped: true, by: 'ann' }) };
const paused: Orders = { rollout: { id: 'r', status: 'Paused', reasons: [] } };
const aborted: Orders = { rollout: { id: 'r', status: 'Aborted', reasons: [] } };
const back = { since: SINCE, reason: reason('RollingBack', 'It is being taken back.') };

function told(given: Partial<Upgrade>, orders = stop, held?: typeof back) {
  const one = upgrade(given);
  const gives = givesWayFor(one, { ofFleet: [], rollout: undefined, ...orders, held });
  const { reasons, when } = whileItRuns(one, gives);
  return { codes: reasons.map(({ code }) => code), condition: when.condition };
}

test.each<[string, Upgrade['steps'], string]>([
  ['that has just begun', {}, 'it has just begun.'],
  ['whose step runs', { 'scan-cluster': step({ status: 'running' }) }, `scan-cluster runs since ${SINCE}.`],
  ['whose first step has ended', { 'scan-cluster': step() }, 'it is between two steps.'],
])('it is told what is done of an upgrade %s', (_, steps, expected) => {
  const [first] = whileItRuns(upgrade({ steps }), []).reasons;
  expect(first?.message).toBe(`The upgrade from 1.36 to 1.37 runs: ${expected}`);
});

test.each([
  [1, ''],
  [
    5,
    ` Before that it parked 5 times in a row since ${SINCE}, at 2026-11-20T11:50:00.000Z for the last time: AwsFailed.`,
  ],
])('it is told that it has parked in vain where that was more than once: %i', (times, expected) => {
  const parkedFor = { code: 'AwsFailed', times, since: SINCE, last: '2026-11-20T11:50:00.000Z' };
  const [first] = whileItRuns(upgrade({ parkedFor }), []).reasons;
  expect(first?.message).toBe(`The upgrade from 1.36 to 1.37 runs: it has just begun.${expected}`);
});

const PARKS = 'It runs now, and parks at its next change.';
const LOOKS =
  'It runs now, and looks on to its end, since a smoke check changes nothing; only where it waits for a hook does it park.';
const ONCE_MORE = 'It runs now, and looks once more to its end; only where it finds something to change does it park.';
const orders: [string, Orders, typeof back | undefined, string][] = [
  ['the fleet is stopped', stop, undefined, 'FleetStopped'],
  ['its rollout is paused', paused, undefined, 'RolloutPaused'],
  ['its rollout was aborted', aborted, undefined, 'RolloutAborted'],
  ['its cluster is to be taken back', {}, back, 'RollingBack'],
];

test.each(orders)('where %s an upgrade that runs is said to park at its next change', (_, given, held, code) => {
  const rolls = { 'roll-node-group/a': step({ status: 'running' }), 'smoke-check': step({ status: 'parked' }) };
  for (const steps of [{}, rolls])
    expect(told({ steps }, given, held)).toEqual({ codes: ['Running', code], condition: PARKS });
});

test.each(orders)(
  'where %s a smoke check, which changes nothing, is said to look on to its end',
  (_, given, held, code) => {
    const steps = { 'scan-cluster': step(), 'smoke-check': step({ status: 'running' }) };
    expect(told({ steps }, given, held)).toEqual({ codes: ['Running', code], condition: LOOKS });
  },
);

test('what waits for a hook is said to park at its next look, and not only at its next change', () => {
  const waits = step({ status: 'running', reasons: [reason('HookWaits', 'x')] });
  expect(told({ steps: { 'upgrade-control-plane': waits } }).condition).toBe(
    'It runs now, and parks when it would ask its hook again.',
  );
});

test('what looks once more at the end of its watch is said to park only where it finds something to change', () => {
  const steps = {
    'smoke-check': step({ status: 'parked', detail: { wellSince: SINCE } }),
    'scan-cluster': step({ status: 'running' }),
  };
  expect(told({ steps }).condition).toBe(ONCE_MORE);
});

test('what no stop is in the way of is not said to park for one', () => {
  const runs = { codes: ['Running'], condition: 'It runs now.' };
  expect(told({ id: 'undo-1', machine: 'restore-nodes' })).toEqual(runs);
  const rollback = { id: 'rollback-1.37-1.36', machine: 'rollback-cluster' } as const;
  for (const given of [paused, aborted]) expect(told(rollback, given, back)).toEqual(runs);
  expect(told(rollback)).toEqual({ codes: ['Running', 'FleetStopped'], condition: PARKS });
});

test('what runs waits for no instant, and names none that has passed', () => {
  expect(whileItRuns(upgrade({ startedAt: SINCE }), []).when.at).toBeNull();
});

function askedBack(given: Partial<Upgrade>, control?: { readonly stopped: boolean }) {
  const cluster = clusterRecord({ name: 'web', version: '1.37' });
  const {
    rolloutId: _,
    waveIndex: __,
    ...one
  } = upgrade({
    ...{ clusterKey: cluster.clusterKey, id: 'rollback-1.37-1.36', machine: 'rollback-cluster', status: 'Pending' },
    ...{ from: '1.37', to: '1.36', mutated: false, ...given },
  });
  const snapshot = {
    ...fleetSnapshot({ clusters: [cluster], policies: {} }),
    upgrades: [one],
    ...(control && { control }),
  };
  const now = new Date('2026-11-20T12:00:00Z');
  const aim = clusterPolicy(snapshot, cluster, now);
  const { when, reasons } = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, now);
  return [when.condition, reasons[0]?.code];
}

test('what was asked for and nothing keeps does not run yet: it begins at the next tick', () => {
  expect(askedBack({})).toEqual(['The next tick of the reconciler, within a minute.', 'Next']);
});

test('of a rollback that waits it is said how it is given up', () => {
  expect(askedBack({ status: 'Parked', mutated: true }, { stopped: true })).toEqual([
    'Once somebody runs liftlock fleet resume. To give it up: liftlock release cluster web',
    'FleetStopped',
  ]);
});
