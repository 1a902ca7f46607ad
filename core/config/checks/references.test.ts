import { issuesOf } from '../../../test/material/config/issues-of.ts';

const calendar = 'apiVersion: liftlock/v1alpha1\nkind: Calendar\nmetadata: { name: prod }\nspec: {}\n';
const channel = 'apiVersion: liftlock/v1alpha1\nkind: Channel\nmetadata: { name: bank }\nspec: { target: latest-2 }\n';
const others = `${calendar}---\n${channel}`;

test.each([
  [
    '{ name: w, calendar: prd }',
    '',
    '8:32: warning: spec.waves[0].calendar: there is no Calendar "prd" in these files',
    'Did you mean prod?',
  ],
  ['{ name: w, calendar: [prod, nights] }', '', 'spec.waves[0].calendar[1]', 'Write or apply the Calendar "nights".'],
  [
    '{ name: w }',
    'target: { channel: stabel }',
    'spec.target.channel: there is no Channel "stabel"',
    'Did you mean stable?',
  ],
])('%s %s is told, with its place', (waves, spec, place, hint) => {
  const told = issuesOf(waves, { spec, others });
  expect(told).toEqual([expect.stringContaining(place)]);
  expect(told[0]).toContain(hint);
});

test('where the files are all there is, it is an error; where somebody else looks, nothing', () => {
  const [told] = issuesOf('{ name: w, calendar: prd }', { others }, { references: 'require' });
  expect(told).toContain('error: spec.waves[0].calendar: there is no Calendar "prd", neither here nor in force');
  expect(issuesOf('{ name: w, calendar: prd }', { others }, { references: 'ignore' })).toEqual([]);
});

test.each(['rapid', 'stable', 'extended', 'bank'])('the channel %s is there', (name) => {
  expect(issuesOf('{ name: w, calendar: prod }', { spec: `target: { channel: ${name} }`, others })).toEqual([]);
});

test('a Calendar with a mistake is there all the same', () => {
  const broken = calendar.replace('spec: {}', 'spec: { widnows: [] }');
  expect(issuesOf('{ name: w, calendar: prod }', { others: broken })).toEqual([expect.stringContaining('widnows')]);
});
