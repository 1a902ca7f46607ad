import { z } from 'zod';
import { fleetWith, issuesOf } from '../../test/material/config/issues-of.ts';
import { soundFields } from './sound-fields.ts';

const schema = z.strictObject({ count: z.int(), share: z.int().default(5), name: z.string().optional() });

test('a field counts when it is right by itself, with its default where it is left out', () => {
  expect(soundFields(schema, { count: 'x', name: 'a' })).toEqual({ share: 5, name: 'a' });
  expect(soundFields(schema, { share: 1.5 })).toEqual({ name: undefined });
  expect(soundFields(schema, 'x')).toEqual({});
});

test('beside a misspelt field nothing counts as left out', () => {
  expect(soundFields(schema, { count: 1, shar: 7 })).toEqual({ count: 1 });
});

const calendar = (spec: string) => `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: nights }
spec: ${spec}
`;

test.each([
  [
    'an unknown field of a policy, and its target, deadline, waves and calendars',
    '{ name: a, clusters: [x, x], calendar: days }',
    { spec: 'target: "1.20"\ndeadline: 2020-01-01\ncapz: {}', others: calendar('{}') },
    [
      'spec.capz: this field is unknown',
      'spec.target: EKS no longer supports 1.20',
      'spec.deadline: 2020-01-01 has passed',
      'spec.waves[0].clusters[1]: "x" is named twice',
      'spec.waves[0].calendar: there is no Calendar "days"',
    ],
  ],
  [
    'a mistake of the Fleet, and caps of a policy that do nothing',
    '{ name: a }',
    { spec: 'caps: { total: 5 }', others: fleetWith('mode: atc\n  caps: { total: 2 }') },
    ['spec.mode: "atc" is not one of', 'spec.caps.total: the Fleet allows 2'],
  ],
  [
    'a mistake of a wave, and two policies that select the same',
    '{ name: a, soak: soon }',
    {
      others:
        'apiVersion: liftlock/v1alpha1\nkind: UpgradePolicy\nmetadata: { name: second }\nspec: { selector: {}, target: latest, waves: [{ name: b }] }\n',
    },
    ['spec.waves[0].soak: "soon" is not a duration', 'the policy "standard" selects the same clusters'],
  ],
  [
    'a mistake in the windows of a calendar, and its zone',
    '{ name: a, calendar: nights }',
    { others: calendar('{ timeZone: Europe/Berln, windows: [{ name: n, schedule: "0 22 * * *", duraton: 6h }] }') },
    ['spec.timeZone: "Europe/Berln" is no time zone', 'spec.windows[0].duraton: this field is unknown'],
  ],
  [
    'a mistake in the zone of a calendar, and its windows',
    '{ name: a, calendar: nights }',
    { others: calendar('{ timeZone: 1, windows: [{ name: n, schedule: "0 25 * * *", duration: 6h }] }') },
    ['spec.timeZone: 1 without quotes', 'spec.windows[0].schedule: '],
  ],
])('%s are told at once', (_, waves, more, told) => {
  const issues = issuesOf(waves, more);
  expect(issues).toHaveLength(told.length);
  for (const one of told) expect(issues).toContainEqual(expect.stringContaining(one));
});

test('a misspelt estimate makes no other mistake appear: nobody knows then how long an upgrade takes', () => {
  const others = calendar('{ windows: [{ name: n, schedule: "0 22 * * *", duration: 30m }] }');
  const wave = '{ name: a, calendar: nights }';
  expect(issuesOf(wave, { others })).toEqual([expect.stringContaining('an upgrade takes 60m')]);
  expect(issuesOf(wave, { spec: 'estimtes: { upgrade: 20m }', others })).toEqual([
    expect.stringContaining('Did you mean estimates?'),
  ]);
});
