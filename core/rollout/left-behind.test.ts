import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { decide } from './decide.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const DAY = 86_400_000;
const ago = (days: number): string => new Date(NOW.getTime() - days * DAY).toISOString();
const LEAVES = { cannotStart: { leaveBehindAfter: '14d' } };
const cluster = clusterRecord({ name: 'acme', version: '1.36', tags: { 'liftlock/calendar': 'acme' } });
const { clusterKey } = cluster;
const calendars = (acme: Parameters<typeof calendarOf>[0]) =>
  new Map([
    ['prod', calendarOf({ windows: [{ schedule: '0 22 * * *', duration: '4h' }] }, 'prod')],
    ['acme', calendarOf(acme, 'acme')],
  ]);
const DAYTIME = { windows: [{ schedule: '0 8 * * *', duration: '2h' }] };

interface Given {
  readonly policy?: object;
  readonly wave?: Partial<Wave>;
  readonly member?: Partial<Member>;
  readonly rollout?: Partial<Rollout>;
  readonly more?: Partial<FleetSnapshot>;
}

/** A wave that has been open for fifteen days, and its only waiting cluster, whose calendar never meets the wave's. */
function decided({ policy = LEAVES, wave = {}, member = {}, rollout = {}, more = {} }: Given) {
  const p = { selector: {}, target: '1.37', waves: [{ name: 'all', calendar: 'prod' }], ...policy };
  const { decisions, waiting } = decide(
    {
      ...fleetSnapshot({ clusters: [cluster], policies: { p } }),
      calendars: calendars(DAYTIME),
      rollouts: [rolloutItem({ policyRevision: JSON.stringify(p), ...rollout })],
      waves: [waveItem({ members: 2, needWork: 2, succeeded: 1, calendars: ['prod'], openedAt: ago(15), ...wave })],
      members: [memberItem({ clusterKey, name: 'acme', ...member })],
      ...more,
    },
    NOW,
  );
  const left = decisions.flatMap((one) =>
    one.type === 'change-member' ? `${one.member.name} ${one.status} ${one.reasons[0]?.code}` : [],
  );
  return { decisions, left, until: waiting[0]?.until, codes: waiting[0]?.reasons.map(({ code }) => code) };
}

test('who never starts is left behind once its wave has been open for as long as the policy says, and told why', () => {
  const { decisions } = decided({});
  expect(decisions).toMatchObject([
    {
      type: 'change-member',
      status: 'Blocked',
      reasons: [
        reason(
          'NeverStarts',
          'It never starts as things are: prod and acme are never open at the same time within three years, as far ahead as Liftlock plans. The wave all has been open for 14d, and has left it behind (cannotStart of the policy p).',
        ),
      ],
    },
  ]);
  expect(decided({ wave: { openedAt: ago(14) } }).left).toEqual(['acme Blocked NeverStarts']);
});

test('before that it is waited for until then', () => {
  expect(decided({ wave: { openedAt: ago(13) } })).toMatchObject({
    left: [],
    codes: ['WindowClosed'],
    until: new Date(NOW.getTime() + DAY).toISOString(),
  });
});

test.each([
  ['says nothing', {}],
  ['waits', { cannotStart: 'wait' }],
])('under a policy that %s it is waited for without an end', (_, policy) => {
  expect(decided({ policy, wave: { openedAt: ago(1_000) } })).toMatchObject({ left: [], until: undefined });
});

const frozen = (from: string, to: string) => ({
  windows: [{ schedule: '0 22 * * *', duration: '4h' }],
  freezes: [{ from, to }],
});
test.each<[string, Given]>([
  [
    'has an opening next week',
    { more: { calendars: calendars({ windows: [{ schedule: '0 22 27 * *', duration: '4h' }] }) } },
  ],
  ['has one after a freeze of two years', { more: { calendars: calendars(frozen('2026-01-01', '2029-01-01')) } }],
  [
    'had one since its wave opened, before a freeze without an end',
    { more: { calendars: calendars(frozen('2026-11-15', '2036-01-01')) } },
  ],
  ['names a calendar that cannot be read', { more: { calendars: new Map([...calendars(DAYTIME)].slice(1)) } }],
  ['is between two hops', { member: { status: 'Parked', inFlight: true } }],
  ['is parked', { member: { status: 'Parked' } }],
  ['runs', { member: { status: 'Running', inFlight: true } }],
  ['has failed and is to be tried again', { member: { failedBefore: true } }],
  ['waits in a paused rollout', { rollout: { status: 'Paused' } }],
  [
    'waits for an approval',
    { policy: { ...LEAVES, waves: [{ name: 'all', calendar: 'prod', approval: { approvals: 1 } }] } },
  ],
  ['waits in a fleet that is stopped', { more: { control: { stopped: true } } }],
  [
    'is upgraded by hand',
    {
      more: {
        grants: [
          {
            clusterKey,
            number: 1,
            epoch: 1,
            status: 'open',
            machine: 'upgrade-cluster',
            upgradeId: '1.36-1.37',
            holder: 'x',
            executionName: 'x',
            grantedAt: ago(0),
            capKeys: [],
            children: [],
            input: {},
          },
        ],
      },
    },
  ],
  [
    'may pass its windows by order of a person',
    {
      more: {
        controls: new Map([
          [
            clusterKey,
            {
              clusterKey,
              breakGlass: {
                reason: 'x',
                until: new Date(NOW.getTime() + DAY).toISOString(),
                by: [{ principal: 'role:111111111111/x', at: ago(0) }],
                fourEyes: false,
              },
            },
          ],
        ]) as never,
      },
    },
  ],
])('nobody is left behind who %s', (_, given) => {
  expect(decided(given).left).toEqual([]);
});

test.each([
  ['its wave is full', { wave: { inFlight: 1, maxConcurrency: 1 } }, 'WaveFull'],
  ['a cap is', { policy: { ...LEAVES, caps: { total: 1 } }, more: { ledger: { counts: { total: 1 } } } }, 'CapReached'],
])('that %s as well keeps nobody', (_, given: Given, code) => {
  expect(decided({ ...given, policy: { ...given.policy, cannotStart: 'wait' } }).codes).toContain(code);
  expect(decided(given).left).toEqual(['acme Blocked NeverStarts']);
});
