import * as sdk from '@aws-sdk/client-scheduler';
import { ACCOUNT, REGION, startTestWire } from '../../../test/material/cloud/wire.ts';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { rateMilliseconds } from '../install/install-events.ts';
import type { Functions } from '../lambda/functions.ts';
import { Wiring } from '../wiring.ts';
import { type Schedule, Schedules, scheduleOperations } from './schedules.ts';
import { startSchedule } from './start-schedule.ts';

const START = new Date('2031-05-06T07:08:09.000Z');
const MINUTE = 60_000;
const schedule = (name: string, more: Partial<Schedule> = {}): Schedule => ({
  arn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/own/${name}`,
  name,
  group: 'own',
  expression: 'rate(1 minute)',
  everyMilliseconds: MINUTE,
  enabled: true,
  targetArn: 'arn:function',
  roleArn: 'arn:role',
  ...more,
});

it.each([
  ['rate(1 minute)', MINUTE],
  ['rate(5 minutes)', 5 * MINUTE],
  ['rate(2 hours)', 120 * MINUTE],
  ['rate(1 day)', 1_440 * MINUTE],
  ['rate(0 minutes)', undefined],
  ['rate(-1 minute)', undefined],
  ['rate(1.5 hours)', undefined],
  ['rate(1 week)', undefined],
  ['cron(0 * * * ? *)', undefined],
  ['at(2031-01-01T00:00:00)', undefined],
  [' rate(1 minute)', undefined],
])('%s is every %p milliseconds', (expression, expected) => {
  expect(rateMilliseconds(expression)).toBe(expected);
});

it('runs each at its rate from the start on, none that is disabled, and none after it was stopped', async () => {
  const clock = new VirtualClock({ start: START });
  const ran: string[] = [];
  const schedules = new Schedules(clock, ({ name }, at) =>
    ran.push(`${name} ${(at.getTime() - START.getTime()) / MINUTE}`),
  );
  schedules.add(schedule('often'));
  schedules.add(schedule('seldom', { everyMilliseconds: 3 * MINUTE }));
  schedules.add(schedule('never', { enabled: false }));
  await clock.runUntil(new Date(START.getTime() + MINUTE));
  expect(ran).toEqual([]);
  schedules.start();
  await clock.runUntil(new Date(START.getTime() + 4.5 * MINUTE));
  expect(ran.sort()).toEqual(['often 1', 'often 2', 'often 3', 'often 4', 'seldom 1', 'seldom 4']);
  schedules.stop();
  await clock.runUntilIdle();
  expect(ran).toHaveLength(6);
});

describe('a schedule that is due', () => {
  const start = (one: Schedule, invokeAsynchronously: (...call: unknown[]) => void) => {
    const notes: string[] = [];
    const functions = { invokeAsynchronously } as unknown as Functions;
    const wiring = new Wiring();
    startSchedule(one, START, { functions, wiring, uuid: () => 'id', onNote: (note) => notes.push(note) });
    return { notes, edges: wiring.edges() };
  };

  it('calls its function in its role, with what Scheduler says by itself or with its input', () => {
    const calls: unknown[][] = [];
    start(schedule('a'), (...call) => calls.push(call));
    start(schedule('b', { input: '{"own":1}' }), (...call) => calls.push(call));
    const source = { service: 'scheduler.amazonaws.com', sourceArn: schedule('a').arn, sourceAccount: ACCOUNT };
    expect(calls[0]).toEqual(['arn:function', expect.any(String), { source, roleArn: 'arn:role' }]);
    expect(JSON.parse(String(calls[0]?.[1]))).toEqual({
      version: '0',
      id: 'id',
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: ACCOUNT,
      time: '2031-05-06T07:08:09Z',
      region: REGION,
      resources: [schedule('a').arn],
      detail: '{}',
    });
    expect(calls[1]?.[1]).toBe('{"own":1}');
  });

  it('says so when its role may not, and has reached nothing', () => {
    const { notes, edges } = start(schedule('a'), () => {
      throw new Error('the role may not');
    });
    expect([notes, edges]).toEqual([['Schedule a did not start arn:function: the role may not'], []]);
  });
});

it('is shown as Scheduler shows it', async () => {
  const schedules = new Schedules(new VirtualClock({ start: START }), () => {});
  schedules.add(schedule('a'));
  schedules.add(schedule('b', { group: 'default', enabled: false }));
  const wire = await startTestWire({ scheduler: scheduleOperations(schedules, START) });
  const client = new sdk.SchedulerClient(wire.client);
  try {
    const list = async (input: sdk.ListSchedulesCommandInput) =>
      (await client.send(new sdk.ListSchedulesCommand(input))).Schedules?.map(({ Name, State }) => `${Name} ${State}`);
    expect(await list({})).toEqual(['a ENABLED', 'b DISABLED']);
    expect(await list({ GroupName: 'own' })).toEqual(['a ENABLED']);
    expect(await client.send(new sdk.GetScheduleCommand({ Name: 'a', GroupName: 'own' }))).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      CreationDate: START,
      Target: { Arn: 'arn:function', RoleArn: 'arn:role' },
    });
    await expect(client.send(new sdk.GetScheduleCommand({ Name: 'a' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    const groups = await client.send(new sdk.ListScheduleGroupsCommand({}));
    expect(groups.ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'own']);
    expect(wire.failures).toEqual([]);
  } finally {
    client.destroy();
    await wire.close();
  }
});
