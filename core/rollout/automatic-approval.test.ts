import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { waveSchema } from '../config/schema/wave.ts';
import type { ApprovalRecord, Wave } from '../contracts/items/rollout.ts';
import { automaticApproval } from './wave-progress.ts';

const now = new Date('2026-11-20T12:00:00Z');
const at = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString();
const word = (more: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
  decision: 'Approved',
  principal: 'ann',
  at: at(-1),
  planHash: 'h',
  ...more,
});
const first = { name: 'first', status: 'Completed' as const, members: 3, succeeded: 2, failed: 1, blocked: 0 };
const second = { name: 'second', members: 3, quarantined: 1, blocked: 1, succeeded: 1 };

interface Given {
  readonly wave?: Partial<Wave>;
  readonly waves?: readonly Partial<Wave>[];
  /** The policy no longer has such a wave when `undefined`. */
  readonly rules?: object | undefined;
}

/** The decision about the third wave. */
function decided(when: string | undefined, { wave = {}, waves = [first, second], ...given }: Given = {}) {
  const items = [...waves.map((one, index) => waveItem({ index, ...one })), waveItem({ index: 3, failed: 9 })];
  const own = waveItem({ index: 2, name: 'third', status: 'Pending', members: 5, excluded: 1, planHash: 'h', ...wave });
  const rules = 'rules' in given ? given.rules : { autoApproveWhen: when };
  const spec = rules === undefined ? undefined : waveSchema.parse({ name: 'third', approval: rules });
  const situation = {
    rollout: rolloutItem({ id: 'r', policy: 'p', target: '1.37' }),
    waves: [...items, own],
    members: [],
    policy: undefined,
    policyRevision: undefined,
    policyAppliedBy: undefined,
    learned: undefined,
    readings: () => undefined,
    unready: () => undefined,
    standsStill: false,
    actsIn: () => false,
    now,
  };
  return automaticApproval(situation, own, spec);
}
const approves = (when: string, given: Given = {}): boolean => decided(when, given).length > 0;

test('a rule that is true approves the plan in the name of Liftlock, beside the words that were said', () => {
  expect(decided('failed == 1', { wave: { approvals: [word()] } })).toMatchObject([
    {
      type: 'adjust-wave',
      wave: { name: 'third' },
      changes: {
        approvals: [
          word(),
          {
            decision: 'Approved',
            principal: 'liftlock',
            at: now.toISOString(),
            planHash: 'h',
            clusters: 4,
            comment: 'failed == 1',
          },
        ],
      },
      event: 'WaveApproved',
      reasons: [{ code: 'AutoApproved', message: 'Liftlock approves the wave third: failed == 1 is true.' }],
    },
  ]);
});

test.each<[string, string | undefined, Given]>([
  ['is false', 'failed == 0', {}],
  ['has no answer', 'earlier[9].failed == 0', {}],
  ['asks for findings that nobody knows', 'findings == 0', {}],
  ['is not there', undefined, {}],
  ['is of a wave that the policy has given up', 'true', { rules: undefined }],
  ['finds no plan', 'true', { wave: { planHash: undefined } }],
  [
    'has approved this plan already',
    'true',
    { wave: { approvals: [word(), word({ principal: 'liftlock', comment: 'true' })] } },
  ],
  ['counts findings, and the wave has begun', 'findings == 0', { wave: { status: 'Open', blockingFindings: 0 } }],
])('a rule approves nothing where it %s', (_, when, given) => {
  expect(decided(when, given)).toStrictEqual([]);
});

test('what a rule has approved before was another plan, and what people say is not its word', () => {
  expect(approves('true', { wave: { approvals: [word({ principal: 'liftlock', planHash: 'older' })] } })).toBe(true);
  expect(approves('true', { wave: { approvals: [word()] } })).toBe(true);
});

test('what was approved by another rule is judged by the one in force', () => {
  expect(approves('true', { wave: { approvals: [word({ principal: 'liftlock', comment: 'failed == 0' })] } })).toBe(
    true,
  );
});

test('what Liftlock said of the plan before is not kept beside its newest word', () => {
  const approvals = [word({ principal: 'liftlock', planHash: 'older' }), word()];
  const kept = [{ principal: 'ann' }, { principal: 'liftlock', planHash: 'h' }];
  expect(decided('true', { wave: { approvals } })).toMatchObject([{ changes: { approvals: kept } }]);
});

const soaked: Partial<Wave> = { ...first, lastSuccessAt: at(-5) };
const red = { checkedAt: at(0), readings: [], notGreenAt: at(-2) };
test.each<[string, Given]>([
  ['rollout.id == "r" && rollout.policy == "p" && rollout.target == "1.37"', {}],
  ['wave.name == "third" && wave.index == 2', {}],
  ['succeeded == 3 && failed == 1 && blocked == 1', {}],
  ['earlier.map(w, w.name) == ["first", "second"]', {}],
  [
    'earlier.map(w, w.name) == ["first", "second"]',
    {
      waves: [
        { ...second, index: 1 },
        { ...first, index: 0 },
      ],
    },
  ],
  ['earlier.exists(w, w.status == "Completed" && w.members == 3 && w.succeeded == 2 && w.failed == 1)', {}],
  ['earlier.exists(w, w.name == "second" && w.blocked == 1 && w.quarantined == 1)', {}],
  // One that comes back after its wave has passed has proved nothing yet.
  [
    'earlier.exists(w, w.name == "second" && w.quarantined == 1)',
    { waves: [first, { ...second, status: 'Completed', quarantined: 0 }] },
  ],
  ['findings == 0', { wave: { blockingFindings: 0 } }],
  ['findings == 2', { wave: { blockingFindings: 2 } }],
  ['earlier.exists(w, w.name == "first" && w.soakedHours == 0.0)', {}],
  ['earlier.exists(w, w.name == "first" && w.soakedHours == 5.0)', { waves: [soaked] }],
  ['earlier.exists(w, w.name == "first" && w.soakedHours == 2.0)', { waves: [{ ...soaked, gates: red }] }],
  [
    'earlier.exists(w, w.name == "first" && w.soakedHours == 5.0)',
    { waves: [{ ...soaked, lastSuccessAt: at(-5), gates: { ...red, notGreenAt: at(-9) } }] },
  ],
  ['earlier.exists(w, w.name == "first" && w.soakedHours == 0.0)', { waves: [{ ...first, gates: red }] }],
])('a rule rests on what was seen: %s', (when, given) => {
  expect(approves(when, given)).toBe(true);
});
