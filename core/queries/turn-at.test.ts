import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { given } from '../model/given.ts';
import { openingsOf } from '../rollout/openings.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const evenings = {
  timeZone: 'UTC',
  windows: [{ name: 'evenings', schedule: '0 15 * * *', duration: '6h' }],
  freezes: [],
};

const approval = {
  decision: 'Approved' as const,
  principal: 'sso:1/carl',
  at: NOW.toISOString(),
  planHash: 'h',
  clusters: 3,
};

/** The messages about three clusters whose wave is open and waits for its window. */
function told({
  maxConcurrency = 9,
  caps = {},
  expiresAfter,
  autoApproveWhen,
}: {
  readonly maxConcurrency?: number;
  readonly caps?: object;
  readonly expiresAfter?: string;
  readonly autoApproveWhen?: string;
}) {
  const clusters = ['a', 'b', 'c'].map((name) => clusterRecord({ name, version: '1.36' }));
  const policies = {
    p: {
      selector: {},
      target: '1.37',
      waves: [
        {
          name: 'all',
          calendar: 'evenings',
          ...(expiresAfter && { approval: { expiresAfter, ...given({ autoApproveWhen }) } }),
        },
      ],
    },
  };
  const rollout = rolloutItem({ waves: ['all'], policyRevision: JSON.stringify(policies.p) });
  const wave = waveItem({
    index: 0,
    name: 'all',
    members: 3,
    needWork: 3,
    maxConcurrency,
    planHash: 'h',
    approvals: [{ ...approval, ...(autoApproveWhen && { principal: LIFTLOCK, comment: autoApproveWhen }) }],
  });
  const members = clusters.map(({ clusterKey, name }, position) =>
    memberItem({ clusterKey, name, to: '1.37', position: position + 1 }),
  );
  const snapshot = {
    ...fleetSnapshot({ clusters, policies, caps }),
    calendars: new Map([['evenings', compileCalendar('evenings', evenings)]]),
    ...{ rollouts: [rollout], waves: [wave], members },
  };
  return clusters.map((cluster, index) => {
    const place = { rollout, waves: [wave], member: members[index] };
    const aim = clusterPolicy(snapshot, cluster, NOW);
    const verdict = verdictOf(snapshot, cluster, aim, { place, ofUpgrade: undefined }, NOW);
    return { ...verdict, announced: openingsOf(snapshot, NOW).get(cluster.clusterKey)?.reasons };
  });
}

const codes = (given: Parameters<typeof told>[0]) =>
  told(given).map(({ reasons }) => reasons.map(({ code }) => code).join(' '));

test.each([
  ['a place for one', { maxConcurrency: 1 }, 'WaveFull'],
  ['a cap for one', { caps: { total: 1 } }, 'CapReached'],
])('who waits for an opening that others take is told whose turn it is then: %s', (_, given, code) => {
  const then = `WindowClosed ${code}`;
  expect(codes(given)).toEqual(['WindowClosed', then, then]);
  const [first, , last] = told(given);
  // Its owners get the same message.
  expect(last?.announced).toEqual(last?.reasons);
  expect(last?.reasons[1]?.message).toMatch(
    /^At its next opening, as things stand, it is not its turn\. a goes first\. 1 of at most 1 /,
  );
  expect(first?.when).toEqual({ at: '2026-11-20T15:00:00.000Z', condition: 'Once its calendars are open.' });
  expect(last?.when.at).toBe('2026-11-20T15:00:00.000Z');
  expect(last?.when.condition).toMatch(/^Not sooner, and only when .*its calendars are open\.$/);
});

test('who has a place at the opening waits for it alone', () => {
  expect(codes({})).toEqual(['WindowClosed', 'WindowClosed', 'WindowClosed']);
});

test('an approval that will have expired by the opening is told of before', () => {
  expect(codes({ expiresAfter: '4h' })[0]).toBe('WindowClosed');
  expect(codes({ expiresAfter: '2h' })[0]).toBe('WindowClosed ApprovalExpired');
  const [first] = told({ expiresAfter: '2h' });
  expect(first?.reasons[1]?.message).toMatch(
    /^By that opening its approval has expired, unless .* Run: liftlock approve r all/,
  );
  expect(first?.when).toEqual({
    at: '2026-11-20T15:00:00.000Z',
    condition: expect.stringMatching(/^Not sooner, and only when/),
  });
});

test('an approval that its rule gives anew at the opening is asked of nobody, and whose turn it is then is told as ever', () => {
  const rule = { expiresAfter: '2h', autoApproveWhen: 'failed == 0' };
  expect(codes(rule)[0]).toBe('WindowClosed AutoApproved');
  expect(told(rule)[0]?.when).toEqual({ at: '2026-11-20T15:00:00.000Z', condition: 'Once its calendars are open.' });
  expect(codes({ ...rule, maxConcurrency: 1 })[1]).toBe('WindowClosed AutoApproved WaveFull');
});

// Once a wave has begun its findings are not counted (docs/policies.md, Approvals).
test.each(['failed > 0', 'findings == 0'])('where its rule does not, as of %s, a person has to', (autoApproveWhen) => {
  const [first] = told({ expiresAfter: '2h', autoApproveWhen });
  expect(first?.reasons.map(({ code }) => code)).toEqual(['WindowClosed', 'ApprovalExpired']);
  expect(first?.when.condition).toMatch(/^Not sooner, and only when somebody/);
});
