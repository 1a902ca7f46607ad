import { cluster, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { keptOf, wayOutOfHold, wayToFinish } from './left-half-done.ts';

const at = { ...cluster, version: '1.37' };
const UPGRADE = `runs: liftlock upgrade cluster ${cluster.name} --to`;

test.each([
  ['a hop to the version that the cluster is at', upgrade({ to: '1.37' }), `${UPGRADE} 1.37 --approve`],
  ['a hop further than that', upgrade({ to: '1.38' }), `${UPGRADE} 1.38 --approve`],
  ['an upgrade that nobody knows', undefined, `${UPGRADE} VERSION --approve`],
  [
    'a machine that was started by itself',
    upgrade({ machine: 'roll-node-group', to: '1.36' }),
    'starts the state machine roll-node-group by hand once more.',
  ],
])('what is left of %s is finished by a command that is taken', (_, left, way) => {
  expect(wayToFinish(at, left)).toBe(way);
  expect(wayOutOfHold(at, left)).toBe(`runs: liftlock release cluster ${cluster.name}, and then ${way}`);
});

test('what is left of a hop that somebody has gone past is finished by whoever explain names, once the hold is off', () => {
  const way = wayToFinish(at, upgrade({ to: '1.36' }));
  expect(way).toBe(
    `starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${cluster.arn}", "targetVersion": "1.37"}.`,
  );
  expect(wayOutOfHold(at, upgrade({ to: '1.36' }))).toBe(
    `runs: liftlock release cluster ${cluster.name}. Who finishes it then says: liftlock explain cluster ${cluster.name}`,
  );
});

const scanned = { status: 'done' as const, reasons: [], startedAt: '2026-11-20T12:00:00.000Z' };

test('the next attempt keeps what was changed, what was normal before, and since when the control plane is there', () => {
  const controlPlaneCompletedAt = '2026-11-20T12:20:00.000Z';
  const ended = upgrade({
    mutated: true,
    steps: { 'scan-cluster': scanned, 'smoke-check': scanned },
    controlPlaneCompletedAt,
    startedAt: '2026-11-20T12:00:00.000Z',
  });
  const kept = { mutated: true, noChangeYet: true, steps: { 'scan-cluster': scanned }, controlPlaneCompletedAt };
  expect(keptOf(ended)).toStrictEqual({ ...kept, firstStartedAt: ended.startedAt });
  const firstStartedAt = '2026-11-19T12:00:00.000Z';
  expect(keptOf({ ...ended, firstStartedAt })).toStrictEqual({ ...kept, firstStartedAt });
  const reversibleFrom = '2026-11-20T12:05:00.000Z';
  expect(keptOf({ ...ended, reversibleFrom })).toMatchObject({ controlPlaneCompletedAt, reversibleFrom });
});

test('of one that was taken back is known that it was there, also by the attempts after the next', () => {
  const reached = '2026-11-20T08:00:00.000Z';
  const back = upgrade({ status: 'RolledBack', mutated: true, controlPlaneCompletedAt: reached });
  const kept = { mutated: false, steps: {}, reachedBefore: reached };
  expect(keptOf(back)).toStrictEqual(kept);
  expect(keptOf(upgrade({ status: 'Blocked', ...kept }))).toStrictEqual(kept);
});

test('of an attempt that changed nothing nothing is kept, and of none', () => {
  const none = { mutated: false, steps: {} };
  expect(keptOf(upgrade({ mutated: false, steps: { 'scan-cluster': scanned } }))).toStrictEqual(none);
  expect(keptOf(undefined)).toStrictEqual(none);
  expect(keptOf(upgrade({ mutated: true, steps: {} }))).toStrictEqual({ mutated: true, noChangeYet: true, steps: {} });
});
