import { EVENT_EXAMPLES } from '../contracts/event-examples.ts';
import { EVENT_DETAILS, type EventType, type LiftlockEvent } from '../contracts/events.ts';
import { reason } from '../contracts/step-result.ts';
import { COVERED } from '../version/support-calendar.ts';
import { newsText, noticeOf } from './notice-of.ts';

const types = Object.keys(EVENT_DETAILS) as EventType[];
const reasons = [reason('GateRed', 'The gate "errors" is red.')];
const wave = { version: 1 as const, change: 'rollout/r#7', rolloutId: 'r', wave: 'canary', status: 'Soaking', reasons };
const cluster = {
  version: 1 as const,
  change: 'k#3',
  clusterKey: 'k',
  cluster: 'arn:aws:eks:eu-west-1:111111111111:cluster/shop',
  account: '111111111111',
  region: 'eu-west-1',
  reasons,
};
const upgrade = (status: string): LiftlockEvent => ({
  type: 'UpgradeChanged',
  detail: { ...cluster, upgradeId: 'u', from: '1.35', to: '1.36', status },
});
const member = (status: string): LiftlockEvent => ({
  type: 'MemberChanged',
  detail: { ...cluster, rolloutId: 'r', wave: 'canary', status },
});

test('what a tenant wrote cannot forge a line of the mail, nor hide in it', () => {
  const forged = [reason('GateRed', 'The gate says "x" of C:\\d\nWhat to do: Nothing.\u202e')];
  const told = noticeOf({ type: 'WaveChanged', detail: { ...wave, status: 'Halted', reasons: forged } });
  const found =
    told ??
    noticeOf({ type: 'UpgradeChanged', detail: { ...upgrade('Blocked').detail, reasons: forged } } as LiftlockEvent);
  expect(found?.why).toBe("The gate says 'x' of C:⧵d⧵nWhat to do: Nothing.⧵u202e");
});

test.each([
  reason('TraitReleased', 'bob cleared ami/AL2 of suspicion: mended'),
  reason('TraitsCarried', 'Clusters of first were taken back from 1.37. Suspected since: ami/AL2.'),
])('that other traits are suspected than before does not say which way: %j', (why) => {
  const detail = { version: 1 as const, rolloutId: 'r', status: 'Running', about: 'traits' as const, reasons: [why] };
  const told = noticeOf({ type: 'RolloutChanged', detail });
  expect([told?.what, told?.why]).toEqual(['What is suspected in the rollout r has changed.', why.message]);
});

test('who is to act hears for whom a rollout waits, and what can be done', () => {
  const why = reason('Unsettled', 'Its waves have passed: c (SuspiciousTrait).');
  const detail = { version: 1 as const, rolloutId: 'r', status: 'Running', about: 'rest' as const, reasons: [why] };
  expect(noticeOf({ type: 'RolloutChanged', detail })).toMatchObject({
    what: 'The rollout r waits for a person.',
    why: why.message,
    todo: expect.stringContaining('liftlock describe rollout r') as string,
  });
});

test('who agrees to an order of break-glass is told with the reason of the order and their own words', () => {
  const detail = { version: 1 as const, of: 'cluster shop', status: 'Opened' as const, by: 'bob', reason: 'incident' };
  const told = (comment?: string) =>
    noticeOf({ type: 'BreakGlassChanged', detail: { ...detail, ...(comment && { comment }) } });
  expect(told()?.why).toBe('incident');
  expect(told('looks right')?.why).toBe('incident (bob: looks right)');
});

test('the end of support says whether EKS upgrades by force then', () => {
  const { detail } = EVENT_EXAMPLES.SupportDeadlineApproaching;
  const why = (forced: boolean) => noticeOf({ type: 'SupportDeadlineApproaching', detail: { ...detail, forced } })?.why;
  expect([why(false), why(true)]).toEqual([
    'EKS ends it at 2026-12-02T00:00:00.000Z.',
    'EKS ends it at 2026-12-02T00:00:00.000Z, and moves the control plane to the next minor by force from then on, at any time.',
  ]);
});

test.each(types)('the example of %s keeps its contract', (type) => {
  const { detail } = EVENT_EXAMPLES[type];
  expect(EVENT_DETAILS[type].strict().parse(detail)).toEqual(detail);
});

test.each(types.filter((type) => noticeOf({ type, detail: EVENT_EXAMPLES[type].detail } as LiftlockEvent)))(
  'people are told of %s what, why and what to do, in sentences that a mail shows as they are',
  (type) => {
    const told = noticeOf({ type, detail: EVENT_EXAMPLES[type].detail } as LiftlockEvent);
    expect(Object.keys(told ?? {})).toEqual(['what', 'why', 'todo', 'reference']);
    for (const text of Object.values(told ?? {})) expect(text).toMatch(/^[^"]+$/);
    expect(told?.what).toMatch(/\.$/);
  },
);

test('only of what was never begun is that told', () => {
  expect(noticeOf(upgrade('Blocked'))?.what).toContain('is Blocked; nothing of it was begun');
  expect(noticeOf(upgrade('Canceled'))?.what).toMatch(/is Canceled\.$/);
});

test.each([
  ['of a rollout', { rolloutId: 'r' }, 'liftlock retry cluster 111111111111.eu-west-1.shop'],
  [
    'that a person has begun, which no retry takes',
    {},
    'liftlock upgrade cluster 111111111111.eu-west-1.shop --to 1.36 --approve',
  ],
  ['of one step by hand', { upgradeId: 'roll-node-group-x' }, 'start the state machine roll-node-group once more'],
])('what was blocked is asked for anew by a command that is taken: %s', (_, more, todo) => {
  const detail = { ...upgrade('Blocked').detail, upgradeId: '1.35-1.36', ...more };
  expect(noticeOf({ type: 'UpgradeChanged', detail } as LiftlockEvent)?.todo).toBe(
    `Remove what blocks it, then: ${todo}`,
  );
});

test('a drain is called one, and asked for anew where it was blocked', () => {
  const of = { upgradeId: 'drain-nodes-request-1', nodegroup: 'legacy', from: '1.36', to: '1.36' };
  const detail = { ...upgrade('Blocked').detail, ...of };
  expect(noticeOf({ type: 'UpgradeChanged', detail } as LiftlockEvent)).toMatchObject({
    what: expect.stringMatching(/^The drain of legacy in shop .* is Blocked; nothing of it was begun/),
    todo: 'Remove what blocks it, then: liftlock drain nodegroup legacy --cluster 111111111111.eu-west-1.shop --approve',
  });
});

test.each([
  ['RollbackInsight', 'Remove what blocks it, then: liftlock rollback cluster 111111111111.eu-west-1.shop --approve'],
  ['TooLate', 'It is taken back no more.'],
  ['TakenBackOnce', 'It is taken back no more.'],
  ['VersionUnsupported', 'It is taken back no more.'],
  ['NotObserved', 'It is taken back no more.'],
] as const)('a rollback that is blocked by %s is called one, and never retried upwards', (code, todo) => {
  const of = { upgradeId: 'rollback-1.36-1.35', from: '1.36', to: '1.35' };
  const detail = { ...upgrade('Blocked').detail, ...of, reasons: [reason(code, 'So it is.')] };
  const told = noticeOf({ type: 'UpgradeChanged', detail } as LiftlockEvent);
  expect(told?.what).toMatch(/^The rollback of shop .* from 1\.36 to 1\.35 is Blocked; nothing of it was begun/);
  expect(told?.todo).toContain(todo);
  expect(told?.todo).not.toContain('retry');
  const canceled = noticeOf({ type: 'UpgradeChanged', detail: { ...detail, status: 'Canceled' } } as LiftlockEvent);
  expect(canceled?.what).toMatch(/^The rollback of shop .* is Canceled\.$/);
});

test.each([
  ['FailureBudgetExceeded', 'go on all the same (liftlock rollout resume r --accept-failures)'],
  ['NoneSucceeded', 'go on all the same (liftlock rollout resume r --accept-failures)'],
  ['RollbackBudget', 'go on (liftlock rollout resume r, with'],
  ['HookRefused', 'go on (liftlock rollout resume r, with'],
] as const)('what is halted for %s is told with the resume that is not refused', (code, todo) => {
  const detail = { ...wave, status: 'Halted', reasons: [reason(code, 'So it is.')] };
  expect(noticeOf({ type: 'WaveChanged', detail })?.todo).toContain(todo);
  const { wave: _, ...rollout } = detail;
  expect(noticeOf({ type: 'RolloutChanged', detail: rollout })?.todo).toContain(todo);
});

/** A cluster of an aborted rollout that is taken back halts its wave, and there a retry is refused. */
test('a halted wave says where the way on is told once its rollout has ended', () => {
  const todo = noticeOf({ type: 'WaveChanged', detail: { ...wave, status: 'Halted' } })?.todo;
  expect(todo).toMatch(/ Where the rollout has ended or was aborted, .*: liftlock explain cluster NAME$/);
});

test('who is set aside for a trait does not come back by itself once something is mended', () => {
  const todo = (code: 'SuspiciousTrait' | 'Unreachable') => {
    const detail = { ...member('Quarantined').detail, reasons: [reason(code, 'So it is.')] };
    return noticeOf({ type: 'MemberChanged', detail } as LiftlockEvent)?.todo;
  };
  expect(todo('SuspiciousTrait')).toMatch(/^It comes back once a cluster that shares it succeeds, or with the command/);
  expect(todo('Unreachable')).toMatch(/^Mend what is named; it comes back by itself\./);
});

test('steps are for programs', () => {
  expect(noticeOf({ type: 'StepChanged', detail: EVENT_EXAMPLES.StepChanged.detail } as LiftlockEvent)).toBeUndefined();
});

test('a gate that is not green is told with its reason, once it is green again there is nothing to do', () => {
  const red = noticeOf({ type: 'WaveChanged', detail: { ...wave, about: 'gates' } });
  expect(red).toEqual({
    what: 'A gate of the wave canary of r is not green.',
    why: "The gate 'errors' is red.",
    todo: expect.stringContaining('liftlock rollout promote r'),
    reference: 'rollout/r#7',
  });
  const green = { ...wave, about: 'gates' as const, reasons: [reason('Soaking', 'It soaks.')] };
  expect(noticeOf({ type: 'WaveChanged', detail: green })).toMatchObject({
    what: 'The gates of the wave canary of r are green.',
    todo: 'Nothing.',
  });
});

test.each([
  ['a failed upgrade, which is told as the hold on its cluster', upgrade('Failed'), undefined],
  ['success', upgrade('Succeeded'), undefined],
  ['a blocked upgrade', upgrade('Blocked'), 'k#3'],
  ['a cluster that is set aside', member('Quarantined'), 'k#3'],
  ['one that comes back', member('Pending'), undefined],
  ['one that is blocked, which its hold or its upgrade tells', member('Blocked'), undefined],
  [
    'a wave that a resumed rollout opens again',
    {
      type: 'WaveChanged',
      detail: { ...wave, status: 'Open', reasons: [{ code: 'Resumed', message: 'Resumed by me.' }] },
    } as LiftlockEvent,
    undefined,
  ],
  ['a halted wave', { type: 'WaveChanged', detail: { ...wave, status: 'Halted' } } as LiftlockEvent, 'rollout/r#7'],
])('%s', (_, event, reference) => {
  expect(noticeOf(event)?.reference).toBe(reference);
});

test('a cluster that its wave has left behind is told with what brings it back', () => {
  const reasons = [reason('NeverStarts', 'It never starts as things are.')];
  expect(
    noticeOf({ ...member('Blocked'), detail: { ...member('Blocked').detail, reasons } } as LiftlockEvent),
  ).toMatchObject({
    what: expect.stringContaining('is left behind by the wave canary of r; nothing of it was begun.'),
    why: 'It never starts as things are.',
    todo: expect.stringContaining('liftlock retry cluster'),
  });
});

test('an owner with two clusters of one name is told which is meant', () => {
  const { detail } = EVENT_EXAMPLES.OwnerNews;
  const [one] = detail.news;
  const cluster = one?.cluster.replace(/:\d{12}:/, ':333333333333:');
  const both = { ...detail, news: [one, { ...one, account: '333333333333', cluster }] };
  const told = noticeOf({ type: 'OwnerNews', detail: both } as LiftlockEvent);
  const name = one?.cluster.replace(/^.*\//, '');
  expect(told?.why).toContain(`333333333333.${one?.region}.${name}: `);
  expect(told?.todo).toMatch(new RegExp(`liftlock explain cluster ${one?.account}.${one?.region}.${name}$`));
});

test('an owner of many clusters is told the first by name, how many more there are of what, and how to see all', () => {
  const { detail } = EVENT_EXAMPLES.OwnerNews;
  const [one] = detail.news;
  const news = Array.from({ length: 12 }, (_, index) => ({ ...one, cluster: `${one?.cluster}-${index}` }));
  const of = (owner: string | null, more?: object) =>
    noticeOf({ type: 'OwnerNews', detail: { ...detail, owner, news, ...more } } as LiftlockEvent);
  const told = of('Helm release web', { more: { blocked: 4_000, ready: 3 } });
  expect(told?.what).toMatch(/ And 4005 more: 4002 blocked, 3 ready\.$/);
  expect(told?.todo).toMatch(/: liftlock report owner 'Helm release web'$/);
  expect(of('web')?.what).toMatch(/ And 2 more: 2 blocked\.$/);
  expect(of(null)?.todo).toMatch(/: liftlock get clusters -o wide$/);
});

test('an announced upgrade that goes elsewhere at the same time is told so, and not that it is moved to that time', () => {
  const [announcedFor, later] = ['2026-11-21T22:00:00.000Z', '2026-11-28T22:00:00.000Z'];
  const told = (at: string) =>
    newsText({ ...cluster, what: 'moved', target: '1.37', at, announcedFor }).replace(/ \(account[^)]*\)/, '');
  expect(told(announcedFor)).toBe(`The upgrade of shop, announced for ${announcedFor}, goes to 1.37 instead.`);
  expect(told(later)).toBe(`The upgrade of shop to 1.37, announced for ${announcedFor}, is moved to ${later}.`);
});

test('a new version of EKS that this release does not know is no version that policies plan by themselves', () => {
  const told = (kubernetesVersion: string) =>
    noticeOf({ type: 'VersionAvailable', detail: { version: 1, region: 'eu-west-1', kubernetesVersion } })?.todo;
  expect(told(COVERED.toString())).toMatch(/^Nothing\..* plan it by themselves/);
  expect(told(COVERED.next().toString())).toBe(
    `Update Liftlock: the data of this release end at ${COVERED}, and no cluster goes further before it is updated.`,
  );
});

test('an update within the minor of a cluster is announced as that, and not as an upgrade to where it is', () => {
  const [announcedFor, at] = ['2026-11-21T22:00:00.000Z', '2026-11-28T22:00:00.000Z'];
  const told = (what: 'opens' | 'moved' | 'takenBack') =>
    newsText({ ...cluster, what, withinMinor: true, target: '1.37', at, announcedFor }).replace(
      / \(account[^)]*\)/,
      '',
    );
  const change = 'The update of shop within 1.37';
  expect(told('opens')).toBe(`${change} begins at ${at} at the earliest.`);
  expect(told('moved')).toBe(`${change}, announced for ${announcedFor}, is moved to ${at}.`);
  expect(told('takenBack')).toBe(`${change} does not begin at ${announcedFor}, as was announced.`);
});
