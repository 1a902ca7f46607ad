import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { givesWay, givesWayFor, runsOn } from './kept-away.ts';

const ofFleet = [reason('FleetStopped', 'ann has stopped the fleet.')];
const paused = { id: 'r', status: 'Paused' as const, reasons: [reason('Paused', 'bob: look')] };
const codes = (machine: Upgrade['machine'] | undefined, given: Partial<Parameters<typeof givesWayFor>[1]> = {}) =>
  givesWayFor(machine === undefined ? {} : { machine }, { ofFleet: [], rollout: undefined, ...given }).map(
    ({ code }) => code,
  );

test('an upgrade gives way to a stop and to a pause of its rollout; one that only undoes to neither', () => {
  expect(codes('upgrade-cluster', { ofFleet, rollout: paused })).toEqual(['FleetStopped', 'RolloutPaused']);
  expect(codes(undefined, { ofFleet })).toEqual(['FleetStopped']);
  expect(codes('restore-nodes', { ofFleet, rollout: paused })).toEqual([]);
  expect(codes('upgrade-cluster')).toEqual([]);
});

test('a hop gives way to its own rollback, and a rollback does not', () => {
  const held = { reason: reason('RollingBack', 'It is being taken back.'), since: '2026-11-20T12:00:00.000Z' };
  expect(codes('upgrade-cluster', { held })).toEqual(['RollingBack']);
  expect(codes('rollback-cluster', { held })).toEqual([]);
  expect(codes('upgrade-cluster', { held: { ...held, reason: reason('Stopped', 'x') } })).toEqual([]);
});

const running = (steps: Upgrade['steps']): Upgrade => upgrade({ mutated: true, steps });
const step = (status: 'running' | 'done', ...why: string[]) => ({
  ...{ status, startedAt: '2026-11-20T12:00:00.000Z' },
  reasons: why.map((code) => quoted(code, 'why')),
});

test.each<[string, Upgrade, RegExp]>([
  [
    'changes something',
    running({ 'upgrade-control-plane': step('running', 'Updating') }),
    /^parks at its next change$/,
  ],
  ['has done its step', running({ 'smoke-check': step('done') }), /^parks at its next change$/],
  ['compares', running({ 'smoke-check': step('running', 'HookWaits') }), /^looks on to its end, since/],
  [
    'waits for a hook',
    running({ 'scan-cluster': step('done'), 'roll-node-group': step('running', 'Rolling', 'HookWaits') }),
    /^parks when it would ask its hook again$/,
  ],
  ['has waited for a hook', running({ 'roll-node-group': step('done', 'HookWaits') }), /^parks at its next change$/],
  [
    'only watches',
    running({ 'smoke-check': { ...step('done'), detail: { wellSince: '2026-11-20T12:00:00.000Z' } } }),
    /^looks once more to its end; /,
  ],
])('an upgrade that %s', (_, given, said) => {
  expect(givesWay(given)).toMatch(said);
  expect(runsOn(given)).toBe(`It runs now, and ${givesWay(given)}.`);
});
