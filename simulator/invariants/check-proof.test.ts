import type { Member, Wave } from '../../core/contracts/items/rollout.ts';
import { Members, Waves } from '../../core/store/entities.ts';
import { inForce, KEY, memberOf, OTHER, waveOf, write } from '../../test/material/invariants/fabricate.ts';
import { checkProof } from './check-proof.ts';

/** The first wave of a rollout, with these two members, passes. */
function passing(
  [one, two]: readonly [Member['status'], Member['status']],
  {
    rules = {},
    from = 'Open',
    event = 'WaveCompleted',
    needWork = 2,
    reasons = [],
    rollout: of = {},
  }: {
    rules?: object;
    from?: Wave['status'];
    event?: string;
    needWork?: number;
    reasons?: Member['reasons'];
    rollout?: object;
  } = {},
) {
  return inForce({ wave: rules, first: { status: from }, rollout: of })
    .add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({ clusterKey: KEY, status: one, reasons })))
    .add('rollout/r', 'RolloutPlanned', {}, write(Members, memberOf({ clusterKey: OTHER, status: two })))
    .add('rollout/r', event, {}, write(Waves, waveOf({ status: 'Completed', needWork })))
    .violations(checkProof);
}

test.each<[string, Parameters<typeof passing>]>([
  ['one of two succeeded', [['Succeeded', 'Quarantined']]],
  ['one of two failed', [['Failed', 'Blocked']]],
  ['nobody was to upgrade', [['Excluded', 'Left'], { needWork: 0 }]],
  ['the policy lets it pass', [['Blocked', 'Blocked'], { rules: { onUndecided: 'pass' } }]],
  ['the policy asks for nobody', [['Blocked', 'Blocked'], { rules: { failureBudget: { minJudged: 0 } } }]],
  ['nobody may begin when it would open', [['Excluded', 'Excluded'], { from: 'Pending' }]],
  ['it was aborted', [['Quarantined', 'Quarantined'], { from: 'Pending', rollout: { status: 'Aborted' } }]],
  ['it had passed before', [['Quarantined', 'Quarantined'], { from: 'Soaking' }]],
])('a wave may pass where %s', (_, given) => {
  expect(passing(...given)).toEqual([]);
});

test.each<[string, Parameters<typeof passing>]>([
  ['all were set aside', [['Quarantined', 'Quarantined']]],
  ['all were taken out since it opened', [['Excluded', 'Excluded']]],
  ['one was held before', [['Excluded', 'Excluded'], { from: 'Pending', reasons: [{ code: 'Held', message: '' }] }]],
  ['all were blocked', [['Blocked', 'Excluded'], { from: 'Undecided' }]],
  [
    'fewer were judged than its policy asks for',
    [['Succeeded', 'Quarantined'], { rules: { failureBudget: { minJudged: 2 } } }],
  ],
])('a wave violates `proof` where %s', (_, given) => {
  expect(passing(...given)).toEqual([
    { invariant: 'proof', message: expect.stringContaining('the wave first of r passed') },
  ]);
});
