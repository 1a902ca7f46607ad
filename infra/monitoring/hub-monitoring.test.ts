import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf } from '../../test/material/infra/template.ts';

const alarms = resourcesOf(synthesize().hub, 'AWS::CloudWatch::Alarm').map(({ Properties }) =>
  JSON.stringify(readable(Properties)),
);

test('every function that fails rings: by its errors, or since its runs stay away', () => {
  const unwatched = FUNCTION_NAMES.filter(
    (name) =>
      !alarms.some(
        (alarm) =>
          (alarm.includes('"Errors"') && alarm.includes(`"liftlock-${name}"`)) ||
          (alarm.includes('"Runs"') && alarm.includes(`"${name}"`)),
      ),
  );
  expect(unwatched).toEqual([]);
});

test('every alarm says that its actions are on, so that drift of it is found', () => {
  const { hub } = synthesize();
  const all = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) => resourcesOf(hub, type));
  expect(all.length).toBeGreaterThan(alarms.length);
  expect(all.filter(({ Properties }) => Properties?.ActionsEnabled !== true)).toEqual([]);
});

test('no alarm sums more metrics than CloudWatch takes', () => {
  // "Alarms based on metric math expressions can reference a maximum of 10 metrics. This is a hard limit that cannot be increased."
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.md
  expect(Math.max(...alarms.map((alarm) => alarm.split('"MetricStat"').length - 1))).toBeLessThanOrEqual(10);
});
