import { autoApproval } from '../rollout/wave-progress.ts';
import type { ApprovalEvidence } from './approval-evidence.ts';

const canary = {
  name: 'canary',
  status: 'Completed',
  members: 3,
  succeeded: 3,
  failed: 0,
  blocked: 0,
  quarantined: 0,
  soakedHours: 24.5,
};
const evidence: ApprovalEvidence = {
  rollout: { id: 'standard-1-36-ab', policy: 'standard', target: '1.36' },
  wave: { name: 'prod', index: 1 },
  earlier: [canary],
  succeeded: 3,
  failed: 0,
  blocked: 0,
  findings: 0,
};

test.each([
  ['failed == 0 && findings == 0', true],
  ['failed > 0', false],
  ['earlier.all(w, w.status == "Completed" && w.soakedHours >= 24)', true],
  ['earlier.exists(w, w.name == "canary" && w.succeeded == w.members)', true],
  ['wave.index > 0 && rollout.target == "1.36"', true],
  ['succeeded >= 10', false],
])('%s: %s', (source, approves) => {
  expect(autoApproval(source, evidence).approves).toBe(approves);
});

test.each([
  'earlier[1].failed == 0',
  'earlier.filter(w, w.name == "dev")[0].failed == 0',
  'failed ==',
  'cluster.minor == 34',
])('%s has no answer, which approves nothing', (source) => {
  expect(autoApproval(source, evidence)).toMatchObject({ approves: false, reason: { code: 'PolicyError' } });
});

test('what asks for findings has no answer while nobody knows them, and what does not ask has one', () => {
  const unknown = { ...evidence, findings: undefined };
  expect(autoApproval('findings == 0', unknown)).toMatchObject({ approves: false, reason: { code: 'PolicyError' } });
  expect(autoApproval('failed == 0', unknown).approves).toBe(true);
});

test('all() over no waves is true, as everywhere in CEL: who needs one earlier wave asks for it', () => {
  const first = { ...evidence, earlier: [], succeeded: 0 };
  expect(autoApproval('earlier.all(w, w.failed == 0)', first).approves).toBe(true);
  expect(autoApproval('succeeded > 0 && earlier.all(w, w.failed == 0)', first).approves).toBe(false);
});

test.each([
  ['failed == 0', 'AutoApproved', 'Liftlock approves the wave prod: failed == 0 is true.'],
  ['failed > 0', 'NotAutoApproved', 'Liftlock does not approve the wave prod by itself: failed > 0 is false.'],
  [
    'cluster.minor == 34',
    'PolicyError',
    expect.stringMatching(
      /^Liftlock does not approve the wave prod: autoApproveWhen has no answer \(.*cluster.*\)\. A person may still approve it; correct the expression\.$/s,
    ),
  ],
])('what %s comes to is told', (source, code, message) => {
  expect(autoApproval(source, evidence).reason).toEqual({ code, message });
});
