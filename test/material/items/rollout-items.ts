import type { Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';

/** A rollout of one wave with one cluster, as the table keeps it, for tests; what is not given is as ordinary as can be. */
export const rolloutItem = (given: Partial<Rollout> = {}): Rollout => ({
  id: 'r',
  policy: 'p',
  policyRevision: 'x',
  target: '1.37',
  status: 'Running',
  createdBy: 'liftlock',
  createdAt: '2026-11-20T00:00:00.000Z',
  waves: ['all'],
  reasons: [],
  ...given,
});

/** A wave that has opened, and that nothing has happened in yet. */
export const waveItem = (given: Partial<Wave> = {}): Wave => ({
  ...(given.status === 'Pending' || given.status === 'Skipped' ? {} : { openedAt: '2026-11-20T00:00:00.000Z' }),
  rolloutId: 'r',
  index: 0,
  name: 'all',
  status: 'Open',
  members: 1,
  needWork: 1,
  maxConcurrency: 1,
  maxFailures: 0,
  inFlight: 0,
  succeeded: 0,
  failed: 0,
  blocked: 0,
  excluded: 0,
  quarantined: 0,
  reasons: [],
  ...given,
});

/** A cluster that has not begun. */
export const memberItem = (given: Partial<Member> = {}): Member => ({
  rolloutId: 'r',
  waveIndex: 0,
  clusterKey: 'k',
  name: 'web',
  from: '1.36',
  to: '1.37',
  status: 'Pending',
  inFlight: false,
  reasons: [],
  position: 1,
  ...given,
});
