import { clusterTags } from './cluster-tags.ts';
import { calendarNamesOf } from './hop-rules.ts';

const applied = new Set(['prod', 'bank', 'weekend']);
const namesOf = (calendar: string | string[] | undefined, tag?: string) =>
  calendarNamesOf(
    { name: 'main', ...(calendar !== undefined && { calendar }) },
    clusterTags(tag === undefined ? {} : { 'liftlock/calendar': tag }, 'liftlock/'),
    'liftlock/',
    applied,
  );

test.each([
  [undefined, undefined, []],
  ['prod', undefined, ['prod']],
  [['prod', 'bank'], undefined, ['prod', 'bank']],
  [undefined, 'bank', ['bank']],
  ['prod', 'bank', ['prod', 'bank']],
  ['prod', 'bank, weekend', ['prod', 'bank', 'weekend']],
  ['prod', 'weekend bank,,bank', ['prod', 'weekend', 'bank']],
  ['prod', 'prod', ['prod']],
])('wave %s with tag %s: %j must be open', (calendar, tag, names) => {
  const result = namesOf(calendar, tag);
  expect(result.names).toEqual(names);
  expect(result.reasons.map(({ code }) => code)).not.toContain('BadTag');
});

test('a tag with an unknown calendar is bad, and its name stays, so that nothing opens', () => {
  expect(namesOf('prod', 'bnak')).toMatchObject({
    names: ['prod', 'bnak'],
    reasons: [{ code: 'WaveCalendar' }, { code: 'CalendarTag' }, { code: 'BadTag' }],
  });
});

test('an unknown calendar of the wave is told as that', () => {
  expect(namesOf('nights').reasons.map(({ code }) => code)).toEqual(['WaveCalendar', 'NoCalendar']);
});

test('an empty tag is a problem of the cluster', () => {
  expect(clusterTags({ 'liftlock/calendar': ' , ' }, 'liftlock/').problems.values().next().value).toMatchObject({
    code: 'BadTag',
  });
  expect(clusterTags({ 'liftlock/wave': '' }, 'liftlock/').problems.values().next().value).toMatchObject({
    code: 'BadTag',
  });
});

test.each<[string, string | string[] | undefined, string | undefined, readonly string[]]>([
  ['nobody asked for one', undefined, undefined, []],
  ['its wave has some', ['prod', 'bank'], undefined, ['WaveCalendar: The wave main goes by prod and bank.']],
  [
    'its tag adds some',
    undefined,
    'prod bank',
    ["CalendarTag: The cluster's tag adds prod and bank; no other calendar holds for it."],
  ],
  [
    'both have some, told once each',
    'prod',
    'prod bank',
    ['WaveCalendar: The wave main goes by prod.', "CalendarTag: The cluster's tag adds bank, and both must be open."],
  ],
])('where the calendars of a cluster come from is told: %s', (_, calendar, tag, told) => {
  expect(namesOf(calendar, tag).reasons.map(({ code, message }) => `${code}: ${message}`)).toStrictEqual(told);
});

test('nobody who has not looked says that a calendar is not there', () => {
  const { names, reasons } = calendarNamesOf(
    { name: 'main', calendar: 'nights' },
    { calendars: ['bnak'] },
    'liftlock/',
  );
  expect(names).toEqual(['nights', 'bnak']);
  expect(reasons.map(({ code }) => code)).toEqual(['WaveCalendar', 'CalendarTag']);
});
