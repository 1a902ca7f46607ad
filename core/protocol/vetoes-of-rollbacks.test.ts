import { policyWith } from '../../test/material/policy/policies.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { codesAt, fleet, type Given, rules } from '../../test/material/protocol/situation.ts';
import { compileCalendar } from '../calendar/compile-calendar.ts';
import { reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { VETOES } from './vetoes.ts';

const calendar = (spec: object) => compileCalendar('prod', { timeZone: 'UTC', windows: [], freezes: [], ...spec });
const through = (schedule: string, duration: string, more: object = {}): Given => ({
  rules: rules({ calendars: [calendar({ windows: [{ name: 'w', schedule, duration }] })], ...more }),
});
const tag = (key: string, value: string): Given => ({ cluster: { tags: { [`liftlock/${key}`]: value } } });
const capped = { ...fleet, caps: { ...fleet.caps, total: 1 } };
const denied = { type: 'Reachable', status: 'False' as const, reason: 'Denied', message: 'no', lastTransitionTime: '' };
const glass = {
  reason: 'incident',
  until: new Date(NOON.getTime() + 60_000).toISOString(),
  by: [{ principal: 'sso:111111111111/ana', at: NOON.toISOString() }],
};
const NOTHING: readonly string[] = [];
const UNREAD = ['PolicyNotConfigured'];
const OTHER = 'arn:aws:eks:eu-central-1:111111111111:cluster/other@2026-01-01T00:00:00.000Z';

const back = { machine: 'rollback-cluster', from: '1.38', to: '1.37', rolloutId: undefined as never } as const;
const policy = policyWith();
const obeying = { ...policy, spec: { ...policy.spec, rollback: { automatic: false, windows: 'obey' as const } } };
const extending = {
  ...policy,
  spec: { ...policy.spec, rollback: { ...obeying.spec.rollback, windows: 'ignore' as const, extendSupport: true } },
};
/** The same of a rollback: before its grant, and before each of its changes. */
const BACK: readonly (readonly [string, Given, readonly string[], readonly string[]])[] = [
  ['nothing in the way', {}, NOTHING, NOTHING],
  ['no epoch', { epoch: undefined }, ['NoEpoch'], ['NoEpoch']],
  ["another one's grant", { grant: { holder: 'b', executionName: 'b' } }, ['GrantBusy'], ['Superseded']],
  ['another version', { target: KubeVersion.parse('1.38') }, NOTHING, ['OtherTarget']],
  ['no cluster', { cluster: 'none' }, ['UnknownCluster'], ['UnknownCluster']],
  ['no Fleet', { fleet: undefined }, ['FleetNotConfigured'], ['FleetNotConfigured']],
  ['a Fleet that only looks', { fleet: { ...fleet, mode: 'observe' } }, ['ObserveMode'], ['ObserveMode']],
  ['a fleet that is stopped', { control: { stopped: true } }, ['FleetStopped'], ['FleetStopped']],
  ['a policy that nobody can read', { rules: rules({ policy: undefined, unreadable: true }) }, UNREAD, UNREAD],
  ...(['AmbiguousPolicy', 'PolicyError'] as const).map(
    (code) => [code, { rules: rules({ unplaced: [reason(code, '')] }) }, [code], [code]] as const,
  ),
  ['no wave', { rules: rules({ unplaced: [reason('NoWave', '')] }) }, NOTHING, NOTHING],
  ['a cluster that is gone', { cluster: { deletedAt: NOON.toISOString() } }, ['Gone'], ['Gone']],
  ['an account that is not in the Fleet', { fleet: { ...fleet, accounts: [] } }, ['NotInFleet'], ['NotInFleet']],
  ['a cluster that nobody may read', { cluster: { conditions: [denied] } }, ['Unreachable'], ['Unreachable']],
  [
    'a hold',
    { clusterControl: { clusterKey: 'k', held: { since: '', reason: reason('Held', '') } } },
    NOTHING,
    NOTHING,
  ],
  ['a cluster that is paused', tag('paused', 'true'), NOTHING, NOTHING],
  ['a pin at the version before', tag('pin-version', '1.36'), NOTHING, NOTHING],
  ['a tag that only EKS shows yet', { tags: { 'liftlock/paused': 'true' } }, NOTHING, NOTHING],
  ['a closed calendar', through('0 13 * * *', '1h'), NOTHING, NOTHING],
  [
    'a closed calendar that is obeyed',
    through('0 13 * * *', '1h', { policy: obeying }),
    ['WindowClosed'],
    ['WindowClosed'],
  ],
  [
    'the same, where a person has broken the glass',
    {
      ...through('0 13 * * *', '1h', { policy: obeying }),
      clusterControl: { clusterKey: 'k', breakGlass: glass },
    },
    NOTHING,
    NOTHING,
  ],
  [
    'the same, where the glass is broken for a wave',
    {
      ...through('0 13 * * *', '1h', { policy: obeying }),
      wave: { planHash: 'h', breakGlass: { ...glass, planHash: 'h' } },
    },
    ['WindowClosed'],
    ['WindowClosed'],
  ],
  [
    'a freeze that is obeyed',
    {
      rules: rules({
        policy: obeying,
        calendars: [calendar({ freezes: [{ name: 'fair', from: '2026-11-20T00:00', to: '2026-11-21T00:00' }] })],
      }),
    },
    ['Frozen'],
    ['Frozen'],
  ],
  [
    'a window that is shorter than what is to come',
    through('0 12 * * *', '1h', { policy: obeying, estimateMilliseconds: 7_200_000 }),
    ['WindowTooShort'],
    ['WindowTooShort'],
  ],
  [
    'the same, once it has begun',
    {
      ...through('0 12 * * *', '1h', { policy: obeying, estimateMilliseconds: 7_200_000 }),
      upgrade: { mutated: true },
    },
    NOTHING,
    NOTHING,
  ],
  [
    'a window that closes in a moment',
    through('30 11 * * *', '30m30s', { policy: obeying, mayOverrun: true }),
    ['WindowClosing'],
    ['WindowClosing'],
  ],
  [
    'a calendar that nobody can read',
    through('0 0 31 2 *', '1h', { policy: obeying }),
    ['CalendarInvalid'],
    ['CalendarInvalid'],
  ],
  [
    'a calendar that is missing',
    { rules: rules({ policy: obeying, problems: [reason('NoCalendar', '')] }) },
    ['NoCalendar'],
    ['NoCalendar'],
  ],
  ['a cap that is reached', { fleet: capped, ledger: { counts: { total: 1 } } }, NOTHING, NOTHING],
  [
    'a cap that a rollback passes already',
    { fleet: capped, ledger: { counts: { total: 2 } } },
    ['CapReached'],
    NOTHING,
  ],
  [
    'another cluster of its wave on its way back',
    {
      wave: { rollingBack: OTHER },
      upgrade: { requestedBy: 'liftlock', rollbackOf: { rolloutId: 'r', waveIndex: 0 } },
    },
    ['RollbackTurn'],
    NOTHING,
  ],
  [
    'the same, of one that began by itself and that a person has asked for since',
    {
      wave: { rollingBack: OTHER },
      upgrade: { requestedBy: 'somebody', rollbackOf: { rolloutId: 'r', waveIndex: 0 } },
    },
    NOTHING,
    NOTHING,
  ],
  ['the end of its way back', { upgrade: { reversibleUntil: '2026-11-20T12:00:00.000Z' } }, ['TooLate'], NOTHING],
  ['a way back that is open', { upgrade: { reversibleUntil: '2026-11-20T12:00:01.000Z' } }, NOTHING, NOTHING],
  [
    'the end of its way back, once it has begun',
    { upgrade: { reversibleUntil: '2026-11-20T12:00:00.000Z', mutated: true } },
    NOTHING,
    NOTHING,
  ],
  ['the same, of one that a person asked for', { wave: { rollingBack: OTHER } }, NOTHING, NOTHING],
  ['the call of an upgrade', { call: 'UpdateClusterVersion' }, NOTHING, ['OtherDirection']],
  ['its own call', { call: 'RollbackClusterVersion' }, NOTHING, NOTHING],
  ['the support type, which nobody lets be set', { call: 'ExtendSupport' }, NOTHING, ['NeedsExtendedSupport']],
  [
    'the same, where its policy lets it',
    { call: 'ExtendSupport', rules: rules({ policy: extending }) },
    NOTHING,
    NOTHING,
  ],
  ['the same, where a person does', { call: 'ExtendSupport', upgrade: { extendSupport: true } }, NOTHING, NOTHING],
];
const goingBack = (given: Given): Given => ({
  rollout: 'none',
  member: 'none',
  ...given,
  upgrade: { ...back, ...given.upgrade },
});
test.each(BACK)('of a rollback: %s', (_, given, grant, change) => {
  const atGrant = given.grant === undefined ? { ...given, grant: { status: 'free' } as const } : given;
  expect(codesAt('rollback-grant', goingBack(atGrant))).toEqual(grant);
  expect(codesAt('rollback', goingBack(given))).toEqual(change);
});
/** The columns of rollbacks in docs/protocol.md (What a grant and a commit check). */
const cells = VETOES.flatMap(({ asked, codes, rule }, row) =>
  (['rollback-grant', 'rollback'] as const).flatMap((moment, column) =>
    asked.includes(moment)
      ? codes.map((code) => [`${row + 1} ${moment} ${code}`, { moment, column, code, rule }] as const)
      : [],
  ),
);
test.each(cells)('%s', (_, { moment, column, code, rule }) => {
  const forbidding = BACK.filter(([, , ...said]) => said[column]?.includes(code));
  expect({ rule, forbidding }).not.toEqual({ rule, forbidding: [] });
  for (const [, given] of forbidding) expect(codesAt(moment, goingBack(given))).toContain(code);
});
