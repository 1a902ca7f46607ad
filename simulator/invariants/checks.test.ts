import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { Epochs, Intents, Members, Upgrades, Waves } from '../../core/store/entities.ts';
import {
  byHand,
  config,
  type Fabricated,
  hold,
  inForce,
  intentOf,
  KEY,
  memberOf,
  OTHER,
  rollout,
  stopFleet,
  tagged,
  upgradeOf,
  waveOf,
  write,
} from '../../test/material/invariants/fabricate.ts';
import { checkApproval } from './check-approval.ts';
import { checkBudget, checkCaps } from './check-caps.ts';
import { checkAttempts, checkFence } from './check-fence.ts';
import { checkOrder } from './check-order.ts';
import { checkReplan } from './check-replan.ts';
import { checkSoak } from './check-soak.ts';
import { checkStop, checkWindow } from './check-window.ts';
import type { Check, History } from './history.ts';

type Case = readonly [what: string, check: (history: History) => Check, history: Fabricated];

const counts = (number: number) => ({ total: number, 'account/111111111111': number, 'region/eu-central-1': number });
const nights = { nights: { windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] } };
const always = { always: { freezes: [{ name: 'party', from: '2026-11-24T00:00', to: '2026-11-25T00:00' }] } };
const untilHalfPast = { noon: { windows: [{ name: 'noon', schedule: '0 12 * * *', duration: '30m' }] } };
const failed = memberOf({ clusterKey: OTHER, status: 'Failed' });
const passed = { status: 'Completed' } as const;
const secondWave = { waveIndex: 1 } as const;
const running: Upgrade['steps'] = {
  'upgrade-control-plane': { status: 'running', reasons: [], startedAt: '2026-11-20T12:00:00.000Z' },
};

/** The first wave's last success, and its end this number of minutes later. */
const succeeded = (history: Fabricated, minutes: number, between = (one: Fabricated) => one): Fabricated =>
  between(
    history
      .add(KEY, 'UpgradeSucceeded', { rolloutId: 'r', waveIndex: 0 }, write(Members, memberOf({ status: 'Succeeded' })))
      .wait(minutes),
  ).add('rollout/r', 'WaveCompleted', {}, write(Waves, waveOf(passed)));
const watched = { soak: '1h', gates: [{ alarm: 'errors' }] };

const approved = (history: Fabricated, hash = 'h', by = 'somebody', clusterKey = KEY): Fabricated =>
  history
    .add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({ clusterKey })))
    .add('rollout/r', 'WaveApproved', { index: 0, planHash: hash, principal: by });
const asks = (more: object = {}) => ({ wave: { approval: more }, first: { planHash: 'h' } as object });

/** A grant while another cluster of the wave goes back, whose hop was of this rollout. */
const besideBack = (rolloutId: string | undefined) => {
  const [hop, id] = [upgradeOf({ clusterKey: OTHER }), 'rollback-1.37-1.36'];
  const back = { ...hop, id, machine: 'rollback-cluster', from: hop.to, to: hop.from, status: 'Running' } as const;
  return inForce()
    .grant({ clusterKey: OTHER, machine: 'rollback-cluster', upgradeId: id }, failed, counts(2))
    .add(OTHER, 'Noted', {}, write(Upgrades, { ...hop, rolloutId }), write(Upgrades, back))
    .grant({ number: 2 });
};

/** A first change while another cluster of the wave has an upgrade; the budget has room for one. */
const beside = (upgrade: Partial<Upgrade>) =>
  inForce({ wave: { failureBudget: { maxFailures: 0, countInFlight: true } } })
    .add(OTHER, 'Noted', {}, write(Upgrades, { ...upgradeOf({ clusterKey: OTHER }), ...upgrade }))
    .add(OTHER, 'Noted', {}, write(Members, memberOf({ clusterKey: OTHER, status: 'Running', inFlight: true })))
    .add(KEY, 'Noted', {}, write(Members, memberOf({ status: 'Running', inFlight: true })))
    .commit();

const INNOCENT: readonly Case[] = [
  ['a first change', checkStop, inForce().commit()],
  ['a first change', checkFence, inForce().commit()],
  ['a change by what is nested in the holder', checkFence, inForce().commit(undefined, {}, {}, 'a:name--roll-1')],
  ['a first change', checkAttempts, inForce().commit()],
  ['a first change', checkOrder, inForce().commit()],
  ['a first change', checkBudget, inForce().commit()],
  ['a first change', checkWindow, inForce().commit()],
  ['a change in an open window', checkWindow, inForce({ wave: { calendar: 'always' }, calendars: always }).commit()],
  [
    'a second change of a hop that ends after the window',
    checkWindow,
    inForce({ spec: { estimates: { upgrade: '1h' } }, wave: { calendar: 'noon' }, calendars: untilHalfPast })
      .add(KEY, 'Noted', {}, write(Upgrades, upgradeOf({ mutated: true })))
      .commit(),
  ],
  [
    'a grant within every cap',
    checkCaps,
    inForce({ fleet: { caps: { total: 1 } } }).grant({ number: 2 }, {}, counts(1)),
  ],
  ['the next wave after the soak', checkSoak, succeeded(inForce({ wave: { soak: '1h' } }), 61).grant({}, secondWave)],
  [
    'a soak with gates that are green',
    checkSoak,
    succeeded(inForce({ wave: watched }), 70, (history) => history.gate('errors', 'green').wait(2)),
  ],
  [
    'a soak that was started again by a red gate',
    checkSoak,
    succeeded(inForce({ wave: watched }), 5, (history) =>
      history.gate('errors', 'red').wait(62).gate('errors', 'green'),
    ),
  ],
  [
    'a member that goes on after a rejection',
    checkApproval,
    approved(inForce(asks()))
      .grant()
      .add('rollout/r', 'WaveRejected', { index: 0, planHash: 'h', principal: 'lead' })
      .grant({ number: 2 }),
  ],
  [
    'a plan that changes what has not begun',
    checkReplan,
    inForce().add('rollout/r', 'RolloutReplanned', {}, write(Waves, waveOf({ index: 1, name: 'other' }))),
  ],
  ['a change by hand in an open window', checkWindow, byHand({ wave: { calendar: 'always' }, calendars: always })],
  [
    'canaries one after the other',
    checkCaps,
    inForce({ wave: { canaries: 1, maxConcurrency: 2 }, first: { maxConcurrency: 2 } }).grant(
      { number: 2 },
      {},
      counts(1),
    ),
  ],
  [
    'the next wave before its soak has ended, by the word of a person',
    checkSoak,
    succeeded(inForce({ wave: { soak: '1h' } }), 1, (history) => history.add('rollout/r', 'WavePromoted')).grant(
      {},
      secondWave,
    ),
  ],
  ['a wave that was approved', checkApproval, approved(inForce(asks())).grant()],
  ['a resumed fleet', checkStop, inForce().add('fleet', 'FleetStopped', {}, stopFleet).wait(1)],
  ['one beside the way back of a hop by hand', checkCaps, besideBack(undefined)],
  ['a first change beside one by hand', checkBudget, beside({ mutated: true, rolloutId: undefined })],
  [
    'a second change in a halted wave',
    checkBudget,
    inForce({ first: { status: 'Halted' } })
      .add(KEY, 'Noted', {}, write(Upgrades, upgradeOf({ mutated: true })))
      .commit(),
  ],
];

test.each(INNOCENT)('%s is no violation (%p)', (_, check, history) => {
  expect(history.violations(check)).toEqual([]);
});

const GUILTY: readonly (readonly [invariant: string, ...Case])[] = [
  ['stop', 'a stopped fleet', checkStop, inForce().add('fleet', 'FleetStopped', {}, stopFleet).commit()],
  [
    'stop',
    'a paused rollout',
    checkStop,
    inForce()
      .add('rollout/r', 'Paused', {}, rollout({ status: 'Paused' }))
      .commit(),
  ],
  ['stop', 'an aborted rollout', checkStop, inForce({ rollout: { status: 'Aborted' } }).commit()],
  ['stop', 'a held cluster', checkStop, inForce().add(KEY, 'ClusterHeld', {}, hold).commit()],
  ['observe', 'observe mode', checkStop, inForce({ fleet: { mode: 'observe' } }).commit()],
  ['fence', 'a grant that is closing', checkFence, inForce({ grant: { status: 'closing' } }).commit()],
  ['fence', 'somebody else', checkFence, inForce().commit(undefined, {}, {}, 'a:name-of-another')],
  ['fence', 'an older grant', checkFence, inForce({ grant: { number: 2 } }).commit()],
  [
    'fence',
    'an older epoch',
    checkFence,
    inForce()
      .add('fleet', 'Restored', {}, write(Epochs, { number: 2 }))
      .commit(),
  ],
  [
    'once',
    'a second token',
    checkAttempts,
    inForce()
      .commit()
      .commit(undefined, { call: callWith('other') }),
  ],
  ['once', 'an attempt too early', checkAttempts, inForce().commit().commit(undefined, { attempt: 2, token: 'u' })],
  [
    'once',
    'an attempt before the last one was seen to end',
    checkAttempts,
    inForce()
      .add(KEY, 'Accepted', {}, write(Intents, intentOf({ outcome: { type: 'accepted', updateId: 'u', at: 't' } })))
      .commit(undefined, { attempt: 2 }),
  ],
  [
    'order',
    'nodes before the control plane',
    checkOrder,
    inForce({ steps: running }).commit('roll-node-group', {}, { steps: running }),
  ],
  ['budget', 'a grant in a halted wave', checkBudget, inForce({ first: { status: 'Halted' } }).grant()],
  ['budget', 'a halted wave', checkBudget, inForce({ first: { status: 'Halted' } }).commit()],
  [
    'budget',
    'too many failures',
    checkBudget,
    inForce().add(OTHER, 'UpgradeFailed', {}, write(Members, failed)).commit(),
  ],
  [
    'budget',
    'an earlier wave that is halted',
    checkBudget,
    inForce({ first: { status: 'Halted' } })
      .add(KEY, 'Noted', {}, write(Upgrades, upgradeOf({ waveIndex: 1 })))
      .commitIn(1),
  ],
  ['budget', 'more that may still fail than there is room for', checkBudget, beside({ mutated: true })],
  [
    'caps',
    'a cap of the fleet',
    checkCaps,
    inForce({ fleet: { caps: { perAccount: 1 } } }).grant({ clusterKey: OTHER }, { name: 'shop' }, counts(2)),
  ],
  [
    'caps',
    'a full wave',
    checkCaps,
    inForce()
      .add(OTHER, 'Noted', {}, write(Members, memberOf({ clusterKey: OTHER, inFlight: true, status: 'Parked' })))
      .grant({ number: 2 }, {}, counts(1)),
  ],
  ['caps', 'two rollouts of a policy at once', checkCaps, inForce().add('r2', 'Noted', {}, rollout({ id: 'r2' }))],
  ['caps', 'a ledger that counts wrong', checkCaps, inForce().grant({ number: 2 }, {}, counts(3))],
  ['caps', 'one that is not counted', checkCaps, inForce().grant({ number: 2, capKeys: ['total'] }, {}, { total: 1 })],
  ['window', 'a closed window', checkWindow, inForce({ wave: { calendar: 'nights' }, calendars: nights }).commit()],
  [
    'window',
    'a freeze',
    checkWindow,
    inForce({ wave: { calendar: 'always' }, calendars: always })
      .wait(4 * 24 * 60)
      .commit(),
  ],
  ['window', 'a calendar that is not there', checkWindow, inForce({ wave: { calendar: 'nights' } }).commit()],
  [
    'window',
    "the calendar of the cluster's tag",
    checkWindow,
    inForce({ calendars: nights })
      .add(KEY, 'TagsObserved', {}, tagged({ 'liftlock/calendar': 'nights' }))
      .commit(),
  ],
  [
    'window',
    'a hop that does not fit',
    checkWindow,
    inForce({ spec: { estimates: { upgrade: '1h' } }, wave: { calendar: 'noon' }, calendars: untilHalfPast }).commit(),
  ],
  [
    'window',
    'a calendar that was changed in the middle',
    checkWindow,
    inForce({ wave: { calendar: 'always' }, calendars: always })
      .commit()
      .add('fleet', 'ConfigApplied', {}, config('Calendar', 'always', calendar(nights.nights)))
      .commit('roll-node-group'),
  ],
  ['soak', 'a soak that has not ended', checkSoak, succeeded(inForce({ wave: { soak: '1h' } }), 30)],
  ['soak', 'a gate that nobody has read', checkSoak, succeeded(inForce({ wave: watched }), 70)],
  [
    'soak',
    'a gate that was read too long ago',
    checkSoak,
    succeeded(inForce({ wave: watched }), 60, (history) => history.gate('errors', 'green').wait(10)),
  ],
  [
    'soak',
    'a gate that is unknown',
    checkSoak,
    succeeded(inForce({ wave: watched }), 70, (history) => history.gate('errors', 'unknown')),
  ],
  [
    'soak',
    'a gate that was red in the middle',
    checkSoak,
    succeeded(inForce({ wave: watched }), 30, (history) =>
      history.gate('errors', 'red').wait(31).gate('errors', 'green'),
    ),
  ],
  [
    'approval',
    'a cluster that was not in the plan',
    checkApproval,
    approved(inForce(asks()), 'h', 'somebody', OTHER).grant(),
  ],
  [
    'approval',
    'somebody who may not',
    checkApproval,
    approved(
      inForce(asks({ from: ['arn:aws:iam::*:role/Lead'] })),
      'h',
      'arn:aws:iam::111111111111:role/Leader',
    ).grant(),
  ],
  [
    'approval',
    'a rejection while the wave is under way',
    checkApproval,
    approved(approved(inForce(asks()), 'h', 'somebody', OTHER))
      .grant()
      .add('rollout/r', 'WaveRejected', { index: 0, planHash: 'h', principal: 'lead' })
      .grant({ clusterKey: OTHER }, { name: 'shop' }),
  ],
  [
    'approval',
    'a new plan for a wave under way',
    checkReplan,
    inForce().add('rollout/r', 'RolloutReplanned', {}, write(Waves, waveOf({ status: 'Open', planHash: 'other' }))),
  ],
  [
    'approval',
    'a member that joins a wave under way',
    checkReplan,
    inForce().add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({}))),
  ],
  [
    'approval',
    'a member that is taken out while it is in flight',
    checkReplan,
    inForce()
      .add(KEY, 'Noted', {}, write(Members, memberOf({ waveIndex: 1, inFlight: true })))
      .add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({ waveIndex: 1, status: 'Left' }))),
  ],
  [
    'caps',
    'a cap of the policy',
    checkCaps,
    inForce({ spec: { caps: { perAccount: 1 } }, first: { maxConcurrency: 2 } })
      .grant({ number: 2 }, {}, counts(1))
      .grant({ clusterKey: OTHER }, { name: 'shop' }, counts(2)),
  ],
  [
    'caps',
    'two canaries at once',
    checkCaps,
    inForce({ wave: { canaries: 1, maxConcurrency: 2 }, first: { maxConcurrency: 2 } })
      .grant({ number: 2 }, {}, counts(1))
      .grant({ clusterKey: OTHER }, { name: 'shop' }, counts(2)),
  ],
  ['caps', 'one beside a cluster that goes back', checkCaps, besideBack('r')],
  [
    'window',
    'a change by hand in a closed window',
    checkWindow,
    byHand({ wave: { calendar: 'nights' }, calendars: nights }),
  ],
  ['soak', 'an earlier wave that is open', checkSoak, inForce().grant({}, secondWave)],
  ['approval', 'nobody', checkApproval, inForce(asks()).grant()],
  ['approval', 'another plan', checkApproval, approved(inForce(asks()), 'older').grant()],
  ['approval', 'one person twice', checkApproval, approved(approved(inForce(asks({ approvals: 2 })))).grant()],
  ['approval', 'the author', checkApproval, approved(inForce(asks({ fourEyes: true })), 'h', 'author').grant()],
  ['approval', 'the creator', checkApproval, approved(inForce(asks({ fourEyes: true })), 'h', 'creator').grant()],
  [
    'approval',
    'too long ago',
    checkApproval,
    approved(inForce(asks({ expiresAfter: '1h' })))
      .wait(90)
      .grant(),
  ],
  [
    'approval',
    'a rejection afterwards',
    checkApproval,
    approved(inForce(asks()))
      .wait(1)
      .add('rollout/r', 'WaveRejected', { index: 0, planHash: 'h', principal: 'lead' })
      .grant(),
  ],
];

test.each(GUILTY)('%s is violated by %s', (invariant, _, check, history) => {
  expect(history.violations(check)).toContainEqual({ invariant, message: expect.any(String) });
});

function callWith(clientRequestToken: string) {
  const { call } = intentOf({});
  return { ...call, input: { ...call.input, clientRequestToken } };
}

function calendar(spec: object): object {
  return { apiVersion: 'liftlock/v1alpha1', kind: 'Calendar', metadata: { name: 'always' }, spec };
}
