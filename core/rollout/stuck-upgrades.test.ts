import type { Upgrade } from '../contracts/items/protocol.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import { stuckUpgrades } from './reconcile-rollouts.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const upgrade = (more: Partial<Upgrade>): Upgrade => ({
  clusterKey: 'k',
  id: '1.36-1.37',
  machine: 'upgrade-cluster',
  from: '1.36',
  to: '1.37',
  status: 'Running',
  mutated: true,
  steps: {},
  requestedBy: 'liftlock',
  reasons: [],
  startedAt: '2026-11-18T12:00:00.000Z',
  ...more,
});
const step = (startedAt: string) => ({ 'roll-node-group/a': { status: 'running' as const, reasons: [], startedAt } });

const undoing = (code: ReasonCode, at: string): Partial<Upgrade> => ({
  ...{ machine: 'restore-nodes', id: 'undo-1.36-1.37', status: 'Parked', mutated: false },
  ...{ reasons: [reason(code, 'As it says.')], startedAt: `2026-11-20T${at}:00.000Z` },
});

const parked = (code: string, since: string, last: string): Partial<Upgrade> => {
  const at = (time: string) => `2026-11-20T${time}:00.000Z`;
  return { status: 'Parked', parkedFor: { code, times: 5, since: at(since), last: at(last) } };
};

const parkedSince = (code: string, since: string): Partial<Upgrade> => ({
  ...{ status: 'Parked', parkedFor: { code, times: 140, since, last: '2026-11-20T11:55:00.000Z' } },
});

test.each<[string, Partial<Upgrade>, number]>([
  ['whose last sign is older than a day', { steps: step('2026-11-19T11:00:00.000Z') }, 1],
  ['with a step that began today', { steps: step('2026-11-20T01:00:00.000Z') }, 0],
  ['that never began a step', {}, 1],
  ['that is parked', { status: 'Parked' }, 0],
  ['that parks for an hour since a function of Liftlock always times out', parked('AwsFailed', '10:50', '11:50'), 1],
  [
    'that tries so again now',
    { ...parked('AwsFailed', '10:50', '11:50'), status: 'Running', steps: step('2026-11-20T01:00:00.000Z') },
    1,
  ],
  ['that parks so for less', parked('AwsFailed', '10:51', '11:50'), 0],
  [
    'that parked so, and goes on by now',
    { ...parked('AwsFailed', '08:00', '10:59'), status: 'Running', steps: step('2026-11-20T01:00:00.000Z') },
    0,
  ],
  ['that parked so, and waits for its window by now', parked('AwsFailed', '08:00', '10:59'), 0],
  ['that waits for a day for nodes that are down', parkedSince('NodesDown', '2026-11-19T11:50:00.000Z'), 1],
  ['that waits so for less', parkedSince('NodesDown', '2026-11-19T12:10:00.000Z'), 0],
  ['that drains, and has had no room for a day', parkedSince('DrainNoRoom', '2026-11-19T11:50:00.000Z'), 1],
  ['that has ended', { status: 'Failed' }, 0],
  ['that takes back what another has left, and could not for an hour', undoing('Denied', '10:59'), 1],
  ['that takes it back, and could not for less', undoing('Denied', '11:01'), 0],
  ['that could not lift a silence, which ends by itself', undoing('NotLifted', '09:00'), 0],
])('an upgrade %s', (_, more, count) => {
  expect(stuckUpgrades([upgrade(more)], NOW)).toHaveLength(count);
});
