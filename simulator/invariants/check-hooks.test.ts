import { Waves } from '../../core/store/entities.ts';
import { type Fabricated, inForce, rollout, waveOf, write } from '../../test/material/invariants/fabricate.ts';
import { checkHooks } from './check-hooks.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';
const hook = (at: string, more: object = {}) => ({
  ...{ name: 'one', at, step: 'wave', ask: { webhook: 'https://hooks.example.com', secret: SECRET }, blocking: true },
  ...{ timeout: '1h', ...more },
});
const said = (history: Fabricated, at: string, wave: string, answer = 'go'): Fabricated =>
  history.add('rollout/r', 'HookAnswered', { hook: `one/${at}/wave/${wave}`, answer });
const end = (history: Fabricated, status: 'Completed' | 'Aborted' = 'Completed'): Fabricated =>
  history.add('rollout/r', `Rollout${status}`, {}, rollout({ status }));
const open = (history: Fabricated): Fabricated =>
  history.add('rollout/r', 'WaveOpen', {}, write(Waves, waveOf({ index: 1, name: 'second', status: 'Open' })));
const passed = (at: string, more: object = {}, second: 'Skipped' | 'Pending' = 'Skipped') =>
  inForce({ spec: { hooks: [hook(at, more)] }, first: { status: 'Completed' }, second: { status: second } });

test.each<[string, Fabricated]>([
  ['its hook has said go', end(said(passed('after'), 'after', 'first'))],
  ['its hook only wants to know', end(passed('after', { blocking: false }))],
  ['its hook is asked about a step', end(passed('after', { step: 'smoke-check' }))],
  ['its hook is asked before waves', end(passed('before'))],
  ['it is aborted', end(passed('after'), 'Aborted')],
])('a rollout may end where %s', (_, history) => {
  expect(history.violations(checkHooks)).toEqual([]);
});

test.each<[string, Fabricated, string]>([
  ['ends unasked', end(passed('after')), 'it ended'],
  ['ends after a wait', end(said(passed('after'), 'after', 'first', 'wait')), 'it ended'],
  [
    'ends by a go of before it was resumed',
    end(said(passed('after'), 'after', 'first').add('rollout/r', 'RolloutResumed')),
    'it ended',
  ],
  [
    'ends by a go of before a retry',
    end(said(passed('after'), 'after', 'first').add('rollout/r', 'MemberRetried')),
    'it ended',
  ],
  ['opens a wave unasked', open(passed('before', {}, 'Pending')), 'the wave second opened'],
  ['opens a wave unasked after the one before', open(passed('after', {}, 'Pending')), 'the wave second opened'],
])('a rollout violates `asked` where it %s', (_, history, what) => {
  expect(history.violations(checkHooks)).toEqual([
    { invariant: 'asked', message: expect.stringMatching(`^r: ${what} at .* has not said go$`) },
  ]);
});

test('a wave may open where both hooks have said go', () => {
  const both = said(said(passed('after', {}, 'Pending'), 'after', 'first'), 'before', 'second');
  expect(open(both).violations(checkHooks)).toEqual([]);
});
