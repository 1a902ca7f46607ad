import { createSilences } from '../../adapters/aws/alarm-mute-rules.ts';
import type { AlarmState, MuteRule, Silences } from '../../core/ports/silences.ts';
import { alarmOperations } from '../../simulator/cloud/alarms/alarm-operations.ts';
import { Alarms } from '../../simulator/cloud/alarms/alarms.ts';
import type { MuteRules } from '../../simulator/cloud/alarms/mute-rules.ts';
import { InMemorySilences } from '../../simulator/process/in-memory-silences.ts';
import { ACCOUNT, REGION, startTestWire } from '../material/cloud/wire.ts';

const scope = { account: ACCOUNT, region: REGION };
const NOW = new Date('2031-05-06T07:08:09.000Z');
const clock = { now: () => NOW };

interface UnderTest {
  readonly silences: Silences;
  readonly rules: MuteRules;
  close(): Promise<void>;
}

/** Alarms a, b and the composite all; b is in ALARM. */
async function inMemory(): Promise<UnderTest> {
  const silences = new InMemorySilences(clock);
  silences.alarms.set('b', { state: 'ALARM' });
  silences.alarms.set('none', { is: 'none' });
  return { silences, rules: silences.rules, close: async () => undefined };
}

/** The real adapter over HTTP, answered by the fake CloudWatch. */
async function overHttp(): Promise<UnderTest> {
  const alarms = new Alarms();
  for (const name of ['a', 'b', 'all']) {
    const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
    alarms.add({ ...scope, arn, name, kind: name === 'all' ? 'composite' : 'metric' });
    const alarm = alarms.of(ACCOUNT, REGION).at(-1);
    if (alarm !== undefined) alarms.put(alarm, name === 'b' ? 'ALARM' : 'OK', 'As the scenario has it.', NOW);
  }
  const wire = await startTestWire({ monitoring: alarmOperations(alarms) });
  const session = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret', sessionToken: 't', expiration: new Date(0) };
  const silences = createSilences({
    sessions: { forAccount: async () => session, narrowedTo: async () => session },
    ...{ partition: 'aws', clock, sleep: async () => {}, endpointOf: () => wire.client.endpoint },
  });
  const close = async () => {
    await wire.close();
    expect(wire.failures).toEqual([]);
  };
  return { silences, rules: alarms.muteRules, close };
}

const rule = (more: Partial<MuteRule> = {}): MuteRule => ({
  ...{ name: 'liftlock-web', description: 'ours & “more”', alarms: ['a', 'all'] },
  ...{ startsAt: '2031-05-06T07:09:00.000Z', endsAt: '2031-05-06T09:39:00.000Z' },
  ...more,
});

describe.each([
  ['in this process', inMemory],
  ['over HTTP', overHttp],
])('silences %s', (_, create) => {
  let under: UnderTest;
  beforeEach(async () => {
    under = await create();
  });
  afterEach(() => under.close());

  test('a rule is put, read and deleted; deleting what is gone succeeds', async () => {
    const { silences, rules } = under;
    expect(await silences.getMuteRule(scope, 'liftlock-web')).toBeUndefined();
    await silences.putMuteRule(scope, rule());
    expect(await silences.getMuteRule(scope, 'liftlock-web')).toMatchObject({ description: 'ours & “more”' });
    const minute = (text: string) => rules.mutes(scope, 'all', new Date(`2031-05-06T${text}Z`));
    expect(['07:08:59', '07:09:00', '09:38:59', '09:39:00'].map(minute)).toEqual([false, true, true, false]);
    expect(rules.mutes(scope, 'b', new Date('2031-05-06T08:00:00Z'))).toBe(false);
    await silences.deleteMuteRule(scope, 'liftlock-web');
    await silences.deleteMuteRule(scope, 'liftlock-web');
    expect(await silences.getMuteRule(scope, 'liftlock-web')).toBeUndefined();
  });

  test('one of that name is written over', async () => {
    await under.silences.putMuteRule(scope, rule());
    await under.silences.putMuteRule(scope, rule({ description: 'later', alarms: ['b'] }));
    expect(under.rules.all()).toMatchObject([{ description: 'later', alarms: ['b'] }]);
  });

  test('alarms that there are, metric and composite, have their state', async () => {
    const found = await under.silences.describeAlarms(scope, ['a', 'b', 'all', 'none']);
    expect(found.map(({ name, state }: AlarmState) => [name, state])).toEqual([
      ['a', 'OK'],
      ['b', 'ALARM'],
      ['all', 'OK'],
    ]);
    expect(found[1]?.reason).toBe('As the scenario has it.');
  });

  test.each([
    ['more than a hundred alarms', { alarms: Array.from({ length: 101 }, () => 'a') }, 'ValidationError'],
    ['a name that is too long', { name: 'l'.repeat(256) }, 'ValidationError'],
    ['a description that is too long', { description: 'l'.repeat(1025) }, 'ValidationError'],
    ['no time at all', { endsAt: '2031-05-06T07:09:00.000Z' }, 'ValidationError'],
    ['more than fifteen days', { endsAt: '2031-05-21T07:10:00.000Z' }, 'ValidationError'],
    ['an alarm that is not there', { alarms: ['a', 'none'] }, 'ResourceNotFoundException'],
  ])('%s is refused, and nothing is kept', async (__, more, name) => {
    await expect(under.silences.putMuteRule(scope, rule(more))).rejects.toMatchObject({ name });
    expect(under.rules.all()).toEqual([]);
  });
});
