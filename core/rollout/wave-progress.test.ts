import { at, decided, type Given, now, words } from '../../test/material/rollout/decided-waves.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';

const done: Partial<Wave> = { status: 'Completed', succeeded: 1 };
const halted: Partial<Wave> = { status: 'Halted', failed: 1, acceptedFailures: 1, reasons: [] };

test.each<[string, Given, readonly string[]]>([
  ['opens, where it is the first that has not passed', { waves: [done, {}], members: [{ waveIndex: 1 }] }, []],
  [
    'opens once those before it have passed',
    { waves: [done, { status: 'Pending' }], members: [{ waveIndex: 1 }] },
    ['w1 Open'],
  ],
  [
    'opens in the order of the plan, however waves are listed',
    {
      waves: [
        { index: 1, status: 'Pending' },
        { index: 0, status: 'Pending' },
      ],
      members: [{}, { waveIndex: 1 }],
    },
    ['w1 Open'],
  ],
  [
    'waits while the one before it is open',
    { waves: [{ members: 2 }, { status: 'Pending' }], members: [{}, { waveIndex: 1 }] },
    [],
  ],
  [
    'is skipped where nobody is in it',
    { waves: [{ status: 'Pending', members: 1, excluded: 1 }], members: [{ waveIndex: 3 }] },
    ['w0 Skipped NothingToDo'],
  ],
  [
    'is neither skipped nor opened before the index has all of its members',
    { waves: [{ status: 'Pending', members: 2 }], members: [{}] },
    [],
  ],
  [
    'does not open while its rollout is paused',
    { waves: [{ status: 'Pending' }], members: [{}], rollout: { status: 'Paused' } },
    [],
  ],
  [
    'does not open while members follow another plan',
    { waves: [{ status: 'Pending' }], members: [{}], rollout: { following: 'h' } },
    [],
  ],
  [
    'does not open where nobody can read the policy',
    { waves: [{ status: 'Pending' }], members: [{}], policy: undefined },
    [],
  ],
  ['ends when all have settled', { waves: [{ succeeded: 1 }] }, ['w0 Completed Settled']],
  [
    'ends also while its rollout is paused',
    { waves: [{ succeeded: 1 }], rollout: { status: 'Paused' } },
    ['w0 Completed Settled'],
  ],
  [
    'waits for a person where nobody can read the policy',
    { waves: [{ succeeded: 1 }], policy: undefined },
    ['w0 Undecided NoWave'],
  ],
  ['goes on while some have not settled', { waves: [{ succeeded: 1, members: 2 }] }, []],
  ['waits for a person where nobody was judged', { waves: [{ blocked: 1 }] }, ['w0 Undecided NoneJudged']],
  ['stays undecided until somebody says a word', { waves: [{ status: 'Undecided', blocked: 1 }] }, []],
  [
    'is passed once a retry has made it enough',
    { waves: [{ status: 'Undecided', blocked: 0, succeeded: 1 }] },
    ['w0 Completed Settled'],
  ],
  [
    'goes on undecided while a retry of it is not settled',
    { waves: [{ status: 'Undecided', members: 2, succeeded: 1 }] },
    [],
  ],
  [
    'halts as soon as more have failed than may',
    { waves: [{ failed: 1, members: 5 }] },
    ['w0 Halted FailureBudgetExceeded'],
  ],
  [
    'halts also while it soaks',
    { waves: [{ status: 'Soaking', failed: 1, succeeded: 1, members: 2 }] },
    ['w0 Halted FailureBudgetExceeded'],
  ],
  ['stays halted', { waves: [{ status: 'Halted', failed: 1, members: 5 }], members: [{ status: 'Running' }] }, []],
])('a wave %s', (_, given, expected) => {
  expect(words(given)).toStrictEqual(expected);
});

test.each<[string, Given, readonly string[]]>([
  ['ends when all waves have ended', { waves: [done] }, ['rollout Completed AllWavesEnded']],
  [
    'ends with failures where some failed in any wave',
    {
      waves: [
        { ...done, status: 'CompletedWithFailures', succeeded: 0, failed: 1 },
        { status: 'Skipped', members: 0 },
      ],
    },
    ['rollout CompletedWithFailures AllWavesEnded'],
  ],
  ['has no end without waves', { waves: [], policy: undefined }, []],
  ['does not end while it is paused', { waves: [done], rollout: { status: 'Paused' } }, []],
  ...(['Pending', 'Running', 'Parked', 'Quarantined'] as const).map((status): [string, Given, readonly string[]] => [
    `stays while somebody is ${status} after the wave has ended`,
    { waves: [{ ...done, members: 2, quarantined: status === 'Quarantined' ? 1 : 0 }], members: [{ status }] },
    [],
  ]),
  [
    'does not wait for who is blocked',
    { waves: [{ ...done, members: 2, blocked: 1 }], members: [{ status: 'Blocked' }] },
    ['rollout Completed AllWavesEnded'],
  ],
  [
    'is halted with its wave once nothing of it runs',
    { waves: [halted], members: [{ status: 'Parked' }] },
    ['rollout Halted '],
  ],
  [
    'goes on with what runs before it halts',
    { waves: [halted], members: [{ status: 'Parked' }, { status: 'Running' }] },
    [],
  ],
  ['that is paused is not halted by its wave', { waves: [halted], rollout: { status: 'Paused' } }, []],
])('a rollout %s', (_, given, expected) => {
  expect(words(given)).toStrictEqual(expected);
});

test.each([
  [1, 0, '1 cluster failed, 0 are blocked.'],
  [2, 1, '2 clusters failed, 1 is blocked.'],
])(
  'a rollout that ends says how many failed and are blocked, over all its waves: %s, %s',
  (failed, blocked, message) => {
    const [end] = decided({
      waves: [
        { ...done, failed },
        { ...done, blocked },
      ],
    });
    expect(end).toMatchObject({ reasons: [{ code: 'AllWavesEnded', message }] });
  },
);

test('a halted rollout says why its wave is', () => {
  const reasons = [{ code: 'FailureBudgetExceeded' as const, message: 'x' }];
  expect(decided({ waves: [{ ...halted, reasons }] })).toMatchObject([{ status: 'Halted', reasons }]);
});

describe('a wave that opens', () => {
  const pending = { status: 'Pending' as const };
  const members: readonly Partial<Member>[] = [{}, {}, { status: 'Quarantined' }, { waveIndex: 1 }];

  test('counts who needs work, with the limits, the estimate and the authors of its policy', () => {
    const policy = '[{ name: w0, maxConcurrency: "50%", canaries: 1, failureBudget: { maxFailures: 1 } }]';
    expect(decided({ waves: [pending], members, policy, estimate: '30m' })).toMatchObject([
      {
        status: 'Open',
        reasons: [],
        limits: {
          needWork: 2,
          maxConcurrency: 1,
          maxFailures: 1,
          canaries: 1,
          countInFlight: false,
          estimateSeconds: 1800,
          planAuthors: ['author'],
        },
      },
    ]);
  });

  test.each<[string, Partial<Given>]>([
    ['the policy has given up its name', { policy: '[{ name: other }]' }],
    ['its plan was made under another policy', { rollout: { policyRevision: 'older' } }],
  ])('does not open where %s', (_, given) => {
    expect(words({ waves: [pending], members, ...given })).toStrictEqual([]);
  });

  test('is halted by a failure by hand, and not skipped, where nobody is left to be tried', () => {
    expect(words({ waves: [{ ...pending, members: 1, failed: 1 }] })).toEqual(['w0 Halted FailureBudgetExceeded']);
    expect(words({ waves: [{ ...pending, members: 1, failed: 1, maxFailures: 3 }] })).toEqual([
      'w0 Halted NoneSucceeded',
    ]);
  });

  const approval = (rules: string) => `[{ name: w0, clusters: [x], maxConcurrency: 2, approval: ${rules} }]`;
  const planned = { ...pending, planHash: 'h' };
  const word = { decision: 'Approved' as const, principal: 'author', at: at(-60), planHash: 'h' };

  test('waits for its approval, also for that of somebody else than who asks for it', () => {
    const fourEyes = approval('{ fourEyes: true }');
    expect(words({ waves: [planned], members, policy: fourEyes })).toStrictEqual([]);
    const given = { waves: [{ ...planned, approvals: [word] }], members, policy: fourEyes };
    expect(words(given)).toStrictEqual([]);
    expect(words({ ...given, more: { policyAppliedBy: ['other'] } })).toEqual(['w0 Open']);
    const created = { ...given, more: { policyAppliedBy: ['other'] }, rollout: { createdBy: 'author' } };
    expect(words(created)).toStrictEqual([]);
  });

  test('is approved by a rule of its policy first', () => {
    const policy = approval('{ autoApproveWhen: "failed == 0" }');
    expect(words({ waves: [planned], members, policy })).toEqual(['w0 adjusted WaveApproved AutoApproved']);
  });
});

describe('a wave that has settled and is watched', () => {
  const soaks = '[{ name: w0, clusters: [x], maxConcurrency: 2, soak: 1h }]';
  const settled = { succeeded: 1, lastSuccessAt: at(-10) };

  test.each<[string, Given, readonly string[]]>([
    ['soaks after its last success', { waves: [settled], policy: soaks }, ['w0 Soaking Soaking Settled']],
    ['does not soak where nobody asks for it', { waves: [settled] }, ['w0 Completed Settled']],
    [
      'does not soak where nothing succeeded',
      { waves: [{ excluded: 1, needWork: 0 }], policy: soaks },
      ['w0 Completed Settled'],
    ],
    [
      'does not soak where a person has skipped it',
      { waves: [{ ...settled, promotedBy: 'ann' }], policy: soaks },
      ['w0 Completed Settled'],
    ],
    [
      'does not soak where it halts',
      { waves: [{ ...settled, failed: 2, members: 3 }], policy: soaks },
      ['w0 Halted FailureBudgetExceeded'],
    ],
    ['goes on soaking until that is over', { waves: [{ ...settled, status: 'Soaking' }], policy: soaks }, []],
    [
      'has soaked when that is over',
      { waves: [{ ...settled, status: 'Soaking', lastSuccessAt: at(-60) }], policy: soaks },
      ['w0 Completed Settled'],
    ],
    [
      'soaks until a person promotes it where its policy has given up its name',
      { waves: [{ ...settled, status: 'Soaking' }], policy: '[{ name: other }]' },
      [],
    ],
    [
      'is watched where its policy has given up its name',
      { waves: [{ ...settled, lastSuccessAt: at(-60) }], policy: '[{ name: other }]' },
      ['w0 Undecided NoWave'],
    ],
    [
      'has soaked where its policy has given up its name and a person has promoted it',
      { waves: [{ ...settled, status: 'Soaking', promotedBy: 'carl' }], policy: '[{ name: other }]' },
      ['w0 Completed Settled'],
    ],
    [
      'has passed though few were judged, since it soaks',
      {
        waves: [{ ...settled, status: 'Soaking', members: 3, needWork: 3, blocked: 2, lastSuccessAt: at(-60) }],
        policy: '[{ name: w0, clusters: [x], maxConcurrency: 2, soak: 1h, failureBudget: { minJudged: 3 } }]',
      },
      ['w0 Completed Settled'],
    ],
  ])('%s', (_, given, expected) => {
    expect(words(given)).toStrictEqual(expected);
  });

  const gated = '[{ name: w0, clusters: [x], maxConcurrency: 2, gates: [{ alarm: errors }] }]';
  const reading = (status: GateReading['status']): GateReading[] => [{ gate: 'errors', status, message: '' }];
  const gates = (status: GateReading['status'], checkedAt = at(-1)) => ({ checkedAt, readings: reading(status) });
  const soaking = (more: Partial<Wave> = {}) => [{ ...settled, status: 'Soaking' as const, ...more }];

  test.each<[string, Given, readonly string[]]>([
    ['green', { waves: soaking(), policy: gated, readings: reading('green') }, ['w0 Completed Settled']],
    ['red', { waves: soaking(), policy: gated, readings: reading('red') }, ['w0 adjusted WaveGatesChanged GateRed']],
    [
      'red as before',
      { waves: soaking({ gates: gates('red') }), policy: gated, readings: reading('red') },
      ['w0 adjusted silently GateRed'],
    ],
    [
      'green as it was read before',
      { waves: soaking({ gates: gates('green') }), policy: gated },
      ['w0 Completed Settled'],
    ],
    ['not read', { waves: soaking(), policy: gated }, []],
    ['not read for long', { waves: soaking({ gates: gates('green', at(-60)) }), policy: gated }, []],
  ])('goes on by its gates, where they are %s', (_, given, expected) => {
    expect(words(given)).toStrictEqual(expected);
  });

  test('keeps what was read of its gates', () => {
    const kept = { checkedAt: now.toISOString(), readings: reading('green') };
    expect(decided({ waves: soaking(), policy: gated, readings: reading('green') })).toMatchObject([
      { status: 'Completed', limits: { gates: kept } },
    ]);
    const [red] = decided({ waves: soaking(), policy: gated, readings: reading('red') });
    expect(red).toMatchObject({
      changes: { gates: { readings: reading('red'), notGreenAt: now.toISOString() }, reasons: [{ code: 'GateRed' }] },
    });
    const plain = decided({ waves: [{ ...settled, status: 'Soaking', lastSuccessAt: at(-60) }], policy: soaks });
    expect(plain[0]).not.toHaveProperty('limits');
  });

  test('a wave that soaks says until when as its policy has it by now, and once', () => {
    const begun = decided({ waves: [settled], policy: soaks });
    const reasons = begun[0]?.type === 'change-wave' ? begun[0].reasons : [];
    expect(reasons.map(({ code }) => code)).toEqual(['Soaking', 'Settled']);
    const told = { ...settled, status: 'Soaking' as const, reasons: [...reasons] };
    expect(decided({ waves: [told], policy: soaks })).toEqual([]);
    const [longer] = decided({ waves: [told], policy: soaks.replace('1h', '5h') });
    expect(longer).toMatchObject({
      type: 'adjust-wave',
      changes: { reasons: [{ code: 'Soaking', message: expect.stringContaining(': 5h after') }, reasons[1]] },
    });
  });
});

describe('the numbers of a wave', () => {
  const wider = '[{ name: w0, clusters: [x], maxConcurrency: 1, failureBudget: { maxFailures: 3 } }]';
  const wave = { members: 5, needWork: 5 };

  test.each<[Wave['status'], boolean]>([
    ['Pending', false],
    ['Open', true],
    ['Soaking', true],
    ['Undecided', true],
    ['Halted', true],
    ['Completed', false],
    ['Skipped', false],
  ])('follow its policy while it is under way: %s %s', (status, follows) => {
    const rollout = { status: 'Paused' as const };
    const found = words({ waves: [{ ...wave, status }], policy: wider, rollout }).filter((one) =>
      one.includes('adjusted'),
    );
    expect(found).toStrictEqual(follows ? ['w0 adjusted WaveLimitsChanged PolicyChanged'] : []);
  });

  test('are its calendars alone once it has passed, by which its stragglers go', () => {
    const policy = '[{ name: w0, clusters: [x], maxConcurrency: 1, calendar: nights }]';
    const [change] = decided({ waves: [{ ...wave, status: 'Completed' }], policy });
    expect(change).toMatchObject({ type: 'adjust-wave', changes: { calendars: ['nights'] } });
    expect(change).not.toHaveProperty('changes.maxConcurrency');
  });

  test('are told as they are now', () => {
    const [change] = decided({ waves: [wave], policy: wider, rollout: { policy: 'p' }, estimate: '30m' });
    expect(change).toMatchObject({
      changes: { maxConcurrency: 1, maxFailures: 3, estimateSeconds: 1800 },
      reasons: [
        {
          code: 'PolicyChanged',
          message: 'The policy p has changed: maxConcurrency is 1, maxFailures is 3, estimateSeconds is 1800.',
        },
      ],
    });
  });

  test('stay where the policy cannot be read, has given up the wave, or says the same', () => {
    for (const policy of [undefined, '[{ name: other }]', '[{ name: w0, clusters: [x], maxConcurrency: 2 }]'])
      expect(words({ waves: [wave], policy })).toStrictEqual([]);
  });

  test('follow beside what else is decided, in every wave', () => {
    const policy = '[{ name: w0, clusters: [x], maxConcurrency: 1 }, { name: w1, clusters: [y], maxConcurrency: 1 }]';
    expect(
      words({
        waves: [
          { ...wave, status: 'Halted' },
          { ...wave, status: 'Open' },
        ],
        policy,
      }),
    ).toEqual([
      'w0 adjusted WaveLimitsChanged PolicyChanged',
      'w1 adjusted WaveLimitsChanged PolicyChanged',
      'rollout Halted ',
    ]);
    const ended = {
      waves: [
        { ...done, members: 1 },
        { ...wave, succeeded: 5 },
      ],
      policy,
    };
    expect(words(ended)).toEqual(['w1 adjusted WaveLimitsChanged PolicyChanged', 'w1 Completed Settled']);
  });
});

test.each<[string, Partial<Wave>, string]>([
  ['that has nobody', { members: 0, needWork: 0 }, 'This rollout has no cluster in this wave that needs work.'],
  [
    'of whom nobody may begin',
    { members: 2, needWork: 0, excluded: 2 },
    'No cluster of this wave may begin: 2 of 2 are excluded.',
  ],
])('a wave %s is skipped with those words', (_, wave, message) => {
  expect(decided({ waves: [{ status: 'Pending', ...wave }] })).toMatchObject([
    { status: 'Skipped', reasons: [{ message }] },
  ]);
});
