import { alarmDefinition } from '../../../simulator/cloud/alarms/alarm-definition.ts';
import { type Alarm, Alarms } from '../../../simulator/cloud/alarms/alarms.ts';
import { Metrics } from '../../../simulator/cloud/metrics/metrics.ts';
import { functionDatum } from '../../../simulator/cloud/metrics/service-metrics.ts';
import { synthesize } from '../../material/infra/synthesize.ts';
import { resolvedResources } from '../../templates/resolved-stacks.ts';
import { SMALL_SETTINGS } from '../small-settings.ts';
import { type Cause, causesOf, type Schedules, wellOf } from './causes.ts';

const MINUTE = 60_000;
const HOURS = 6;
const START = Date.parse('2026-11-20T00:00:00Z');
const resources = resolvedResources(synthesize(SMALL_SETTINGS).folder).flat();
const ofType = (type: string) => resources.filter((resource) => resource.type === type);
const named = (prefix: string): string =>
  resources.find(
    ({ logicalId, type }) => /Queue|Table/.test(type) && !/Policy/.test(type) && logicalId.startsWith(prefix),
  )?.name ?? `no ${prefix}`;
const machine = (name: string): string =>
  ofType('AWS::StepFunctions::StateMachine').find((one) => one.name === `liftlock-${name}`)?.arn ?? `no ${name}`;
const minutesOf = (rate: unknown): number => {
  const [, number = '', unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(rate)) ?? [];
  return Number(number) * (unit === 'day' ? 24 * 60 : unit === 'hour' ? 60 : 1);
};
const rates = Object.fromEntries(
  ofType('AWS::Scheduler::Schedule').map(({ properties }) => [
    properties.Name,
    minutesOf(properties.ScheduleExpression),
  ]),
) as unknown as Schedules;

const templates: Alarm[] = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::CompositeAlarm')].map(
  ({ arn, name, account, region, properties }) => ({
    ...{ arn, name, account, region },
    kind: 'metric' as const,
    definition: alarmDefinition(properties),
  }),
);
const well = await wellOf(rates);
const causes = await causesOf(rates, named, machine, START);

/** Minutes of the alarm in ALARM while the cause lasts, the first hours left out, in which nothing had been published yet. */
function ringing(alarm: Alarm, cause: Cause): number {
  const metrics = new Metrics();
  const alarms = new Alarms((metric, since, until) =>
    metrics.data(metric).filter(({ at }) => at >= since && at < until),
  );
  for (const one of templates) alarms.add(one);
  alarms.add(alarm);
  const sources = [...Object.values({ ...well, ...cause.instead }), cause.also ?? (() => [])];
  let minutes = 0;
  const [before, after] = cause.days === undefined ? [3, HOURS] : [cause.days * 24, cause.days * 24];
  for (let minute = -before * 60; minute < after * 60; minute++) {
    const at = START + minute * MINUTE;
    // Hours in which all was well come first.
    const now = minute < 0 ? Object.values(well) : sources;
    for (const datum of now.flatMap((source) => source(minute, at))) metrics.put(datum);
    if (minute >= 0 && alarms.stateOf(alarm, new Date(at + MINUTE)).value === 'ALARM') minutes++;
  }
  return minutes;
}

test('every alarm of the templates has a cause that rings it, and none is left', () => {
  const known = Object.keys(causes).map((path) => `liftlock/${path}`);
  expect(templates.map(({ name }) => name).sort()).toEqual(known.sort());
});

test.each(templates.map((alarm) => [alarm.name, alarm] as const))(
  '%s rings for its cause, and is silent without',
  (name, alarm) => {
    const cause = causes[name.replace('liftlock/', '')] ?? { instead: {} };
    expect([name, ringing(alarm, cause) > 0, ringing(alarm, { ...cause, instead: {}, also: () => [] })]).toEqual([
      name,
      true,
      0,
    ]);
  },
);

test('an alarm that can never ring is found: three periods of five minutes in a row, of a function that comes once an hour', () => {
  const of = templates.find(({ name }) => name === 'liftlock/inventory/function-errors');
  if (of?.definition === undefined || 'anyOf' in of.definition) throw new Error('there is no such alarm');
  const { metrics, ...definition } = of.definition;
  const hourly = metrics.map((one) => ({ ...one, dimensions: { FunctionName: 'liftlock-discover-clusters' } }));
  const old: Alarm = { ...of, definition: { ...definition, metrics: hourly } };
  const fails = (minute: number, at: number) =>
    minute % rates['discover-clusters'] === 0 ? [functionDatum('liftlock-discover-clusters', 'Errors', at)] : [];
  expect(ringing(old, { instead: {}, also: fails })).toBe(0);
  expect(
    ringing(
      { ...old, definition: { ...definition, metrics: hourly, periods: 1, datapoints: 1 } },
      { instead: {}, also: fails },
    ),
  ).toBeGreaterThan(0);
});
