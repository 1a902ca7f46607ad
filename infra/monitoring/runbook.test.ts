import { readFileSync } from 'node:fs';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf } from '../../test/material/infra/template.ts';

const { hub } = synthesize();
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const alarms = [
  ...resourcesOf(hub, 'AWS::CloudWatch::Alarm'),
  ...resourcesOf(hub, 'AWS::CloudWatch::CompositeAlarm'),
].map(
  ({ Properties }) =>
    readable(Properties) as {
      AlarmName: string;
      AlarmDescription: string;
      AlarmActions: string[];
      OKActions: string[];
    },
);
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

test('every alarm has a heading in the runbook, and every heading an alarm', () => {
  const headings = [...sections.keys()].filter((heading) => heading.startsWith('liftlock/'));
  expect(headings.sort()).toEqual(alarms.map(({ AlarmName }) => AlarmName).sort());
});

test.each(alarms.map((alarm) => [alarm.AlarmName, alarm] as const))('%s', (name, alarm) => {
  expect(name).toMatch(/^liftlock\/[a-z]+\/[a-z-]+$/);
  expect(alarm.AlarmDescription).toMatch(/^\[(high|medium|low)\] [A-Z].+ See docs\/runbook\.md#[a-z-]+$/);
  expect(alarm.AlarmDescription.endsWith(`#${name.replaceAll('/', '')}`)).toBe(true);
  expect([alarm.AlarmActions, alarm.OKActions]).toEqual([['<NotificationsTopic>'], ['<NotificationsTopic>']]);
  const section = sections.get(name) ?? '';
  for (const part of ['Description', 'Investigation', 'Resolution']) expect(section).toContain(`### ${part}`);
});

// Without it a deployment compares templates, finds no change and does nothing. Source: https://github.com/aws/aws-cdk/issues/16769
test('what puts back a change by hand is a deployment that looks for one', () => {
  const ofAlarms = [...sections].filter(([name]) => name.startsWith('liftlock/')).map(([, section]) => section);
  const told = [...ofAlarms, sections.get('What was changed by hand') ?? ''];
  const deploying = told.join('').match(/.*(cdk deploy|[Dd]eploy Liftlock).*/g) ?? [];
  expect(deploying.length).toBeGreaterThan(0);
  // The app has several stacks, so a command without their names is refused.
  for (const line of deploying) expect(line).toMatch(/npx cdk deploy --revert-drift Liftlock(Hub|State)/);
});
