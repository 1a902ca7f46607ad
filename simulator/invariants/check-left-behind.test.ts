import type { Grant } from '../../core/contracts/items/protocol.ts';
import type { Member } from '../../core/contracts/items/rollout.ts';
import { Grants, Members } from '../../core/store/entities.ts';
import { grantOf, inForce, KEY, memberOf, tagged, write } from '../../test/material/invariants/fabricate.ts';
import { checkLeftBehind } from './check-left-behind.ts';

const window = (schedule: string, duration: string) => ({ windows: [{ name: 'w', schedule, duration }] });
const day = window('0 8 * * *', '6h');
const night = window('0 22 * * *', '6h');

/** The violations for a member that is left behind three hours after its wave has opened, under calendars that never meet. */
function said({
  spec = {},
  before = {},
  grant = {},
  code = 'NeverStarts',
  ...more
}: {
  before?: Partial<Member>;
  grant?: Partial<Grant>;
  code?: string;
} & Parameters<typeof inForce>[0]) {
  const pending = memberOf({ status: 'Pending', ...before });
  const reasons = [{ code, message: '' }] as Member['reasons'];
  const wave = { calendar: 'night' };
  return inForce({
    spec: { cannotStart: { leaveBehindAfter: '3h' }, ...spec },
    wave,
    first: { openedAt: '2026-11-20T12:00:00.000Z', estimateSeconds: 3600 },
    calendars: { night, acme: day },
    ...more,
  })
    .add(KEY, 'ClusterDiscovered', {}, tagged({ 'liftlock/calendar': 'acme' }))
    .add('rollout/r', 'x', {}, write(Members, pending), write(Grants, grantOf({ status: 'free', ...grant })))
    .wait(180)
    .add('rollout/r', 'MemberBlocked', {}, write(Members, { ...pending, status: 'Blocked', inFlight: false, reasons }))
    .violations(checkLeftBehind)
    .map(({ message }) => message.replace(/^.* was left behind, and /, ''));
}

test.each<[string, Parameters<typeof said>[0], string[]]>([
  ['who never starts', {}, []],
  ['who is blocked by something else', { code: 'Held', before: { status: 'Parked' } }, []],
  ['under a policy that waits', { spec: { cannotStart: 'wait' } }, ['its policy waits for it']],
  ['under one that says nothing', { spec: { cannotStart: undefined } }, ['its policy waits for it']],
  [
    'too early',
    { first: { openedAt: '2026-11-20T12:10:00.000Z', estimateSeconds: 3600 } },
    ['its wave is open since 2026-11-20T12:10:00.000Z'],
  ],
  ['who has an opening', { calendars: { night, acme: night } }, ['its calendars leave an opening']],
  [
    'who has one in a year',
    { calendars: { night, acme: window('0 22 1 11 *', '2h') } },
    ['its calendars leave an opening'],
  ],
  ['whose openings are too short', { calendars: { night, acme: window('0 22 * * *', '50m') } }, []],
  [
    'whose openings are long enough up to the bake',
    { calendars: { night, acme: window('0 22 * * *', '50m') }, wave: { calendar: 'night', bake: '1h' } },
    ['its calendars leave an opening'],
  ],
  ['who runs', { before: { status: 'Running', inFlight: true } }, ['it was begun']],
  ['who is upgraded by hand', { grant: { status: 'open' } }, ['it was begun']],
  ['in a paused rollout', { rollout: { status: 'Paused' } }, ['its rollout is Paused']],
])('%s', (_, given, wrong) => {
  expect(said(given)).toEqual(wrong);
});
