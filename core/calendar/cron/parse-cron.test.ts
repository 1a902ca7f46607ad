import { DAY } from './civil-day.ts';
import { everFires, parseCron } from './parse-cron.ts';

const scheduleOf = (text: string) => {
  const parsed = parseCron(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.schedule;
};

/** The days of November 2026, a month that begins on a Sunday, on which it fires. */
const daysOf = (text: string): number[] => {
  const first = Date.UTC(2026, 10, 1) / DAY;
  return Array.from({ length: 30 }, (_, index) => index).flatMap((index) =>
    scheduleOf(text).matches(first + index) ? [index + 1] : [],
  );
};

test.each([
  ['0 0 * * *', Array.from({ length: 30 }, (_, index) => index + 1)],
  ['0 0 * * 0', [1, 8, 15, 22, 29]],
  ['0 0 * * 7', [1, 8, 15, 22, 29]],
  ['0 0 * * SUN', [1, 8, 15, 22, 29]],
  ['0 0 * * SAT-SUN', [1, 7, 8, 14, 15, 21, 22, 28, 29]],
  ['0 0 * * 6-7', [1, 7, 8, 14, 15, 21, 22, 28, 29]],
  ['0 0 * nov mon-thu', [2, 3, 4, 5, 9, 10, 11, 12, 16, 17, 18, 19, 23, 24, 25, 26, 30]],
  ['0 0 * JAN-MAR,12 *', []],
  ['0 0 L * *', [30]],
  ['0 0 1,l * *', [1, 30]],
  ['0 0 * * TUE#2', [10]],
  ['0 0 * * 7#2', [8]],
  ['0 0 * * SUN#5,MON#5', [29, 30]],
  ['0 0 * * FRI#L', [27]],
  ['0 0 * * 5L', [27]],
  ['0 0 * * MONL', [30]],
  ['0 0 * * FRI#l', [27]],
  ['0 0 * * sunl', [29]],
  ['0 0 * * SUN-SUN', [1, 8, 15, 22, 29]],
  ['0 0 * * 0-SUN', [1, 8, 15, 22, 29]],
  ['0 0 * * fri-sun', [1, 6, 7, 8, 13, 14, 15, 20, 21, 22, 27, 28, 29]],
  ['0 0 * * */7', [1, 8, 15, 22, 29]],
  ['0 0 * * */6', [1, 7, 8, 14, 15, 21, 22, 28, 29]],
  ['0 0 * */11 SUN', []],
  ['0 0 * */2 SUN', [1, 8, 15, 22, 29]],
  // When both are restricted, either matches. When one begins with a star, both must match.
  ['0 0 13 * FRI', [6, 13, 20, 27]],
  ['0 0 1-7 * MON', [1, 2, 3, 4, 5, 6, 7, 9, 16, 23, 30]],
  ['0 0 */10 * SUN', [1]],
  ['0 0 */2 * MON', [9, 23]],
  ['0 0 1-15 * */3', [1, 4, 7, 8, 11, 14, 15]],
])('%s fires on these days', (text, expected) => {
  expect(daysOf(text)).toEqual(expected);
});

test('a list with L fires on its other days in the month after a short one too', () => {
  const { matches } = scheduleOf('0 0 */5,L 2-4 3,1');
  const days = ['2027-02-01', '2027-02-28', '2027-03-01', '2027-03-31'].map((day) => matches(Date.parse(day) / DAY));
  expect(days).toEqual([true, false, true, true]);
});

test.each([
  ['0 22 * * *', [1320], false],
  ['*/30 2,3 * * *', [120, 150, 180, 210], false],
  ['5-10/5,7 0 * * *', [5, 7, 10], false],
  ['0 */12 * * *', [0, 720], false],
  ['*/60 1 * * *', [60], false],
  [' 0  22 * * *\t', [1320], false],
])('%s fires at these minutes of a day', (text, minutes, everyHour) => {
  expect(scheduleOf(text)).toMatchObject({ minutes, everyHour });
});

test.each(['0 * * * *', '0 0-23 * * *', '0 */1 * * *'])('%s names every hour', (text) => {
  expect(scheduleOf(text).everyHour).toBe(true);
});

test.each([
  ['', 'has 0 fields'],
  ['0 22 * *', 'has 4 fields; cron has five: minute, hour'],
  ['0 0 22 * * *', 'has 6 fields (seconds and years are not known)'],
  ['@daily', 'nickname'],
  ['60 0 * * *', 'has 60 as minute, which goes from 0 to 59'],
  ['0 24 * * *', 'has 24 as hour, which goes from 0 to 23'],
  ['0 0 0 * *', 'has 0 as day of month, which goes from 1 to 31'],
  ['0 0 32 * *', 'has 32 as day of month'],
  ['0 0 1 13 *', 'has 13 as month'],
  ['0 0 * * 8', 'has 8 as day of week'],
  ['0 0 * * MON#6', 'after # comes 1 to 5'],
  ['0 0 * * MONDAY', 'has "MONDAY" as day of week, which is no number or a name (SUN, MON,'],
  ['0 0 JAN * *', 'has "JAN" as day of month, which is no number'],
  ['0 22-6 * * *', 'runs backwards: write 22-23,0-6'],
  ['0 0 * * FRI-MON', 'runs backwards: write FRI-SUN,SUN-MON'],
  ['5/5 * * * *', 'has a step after one value in "5/5" (minute): write */n or a-b/n'],
  ['*/0 * * * *', 'has the step "0"'],
  ['*/90 * * * *', 'has the step "90"'],
  ['*/5/5 * * * *', 'has two steps'],
  ['1,,2 * * * *', 'no value, range or list'],
  ['-1 * * * *', 'no value, range or list'],
  ['1.5 * * * *', 'has "1.5" as minute'],
  ['0 0 ? * *', 'write * for any day'],
  ['0 0 15W * *', 'nearest weekday'],
  ['0 0 LW * *', 'nearest weekday'],
  ['0 0 L-3 * *', 'only L alone'],
  ['0 0 31L * *', 'only L alone'],
  ['0 0 * * L', 'write FRI#L'],
  ['0 0 L-15 * *', 'only L alone'],
  ['0 0 L3 * *', 'only L alone'],
  ['0 0 XL * *', 'has "XL" as day of month, which is no number.'],
  ['0 0 W15 * *', 'has "W15" as day of month, which is no number'],
  ['0 0 * * LX', 'has "LX" as day of week, which is no number'],
  ['0 0 * * XMONL', 'has "XMONL" as day of week, which is no number'],
  ['0 0 * * MONLX', 'has "MONLX" as day of week, which is no number'],
  ['0 0 * * #2', 'has "#2" as day of week, which is no number'],
  ['0 0 * * MON#', 'after # comes 1 to 5'],
  ['0 0 * * MON#12', 'after # comes 1 to 5'],
  ['0 0 * * MON#21', 'after # comes 1 to 5'],
  ['0 0 * * MON#2#1', 'has "MON#2" as day of week'],
  ['0 0 * JAN-SUN *', 'has "SUN" as month, which is no number or a name (JAN, FEB,'],
  ['0 0 * * MON-XSUN', 'has "XSUN" as day of week'],
  ['0 0 * * MON-SUNX', 'has "SUNX" as day of week'],
  ['0 0 * NOV-FEB *', 'runs backwards: write NOV-DEC,JAN-FEB'],
  ['1-2-3 * * * *', 'no value, range or list'],
  ['1- * * * *', 'no value, range or list'],
  ['*/x5 * * * *', 'has the step "x5" in "*/x5", and the minute takes 1 to 60'],
  ['*/5x * * * *', 'has the step "5x"'],
  ['*/61 * * * *', 'has the step "61" in "*/61", and the minute takes 1 to 60'],
  ['0 0 * */13 *', 'has the step "13" in "*/13", and the month takes 1 to 12'],
  // A week has seven days, though Sunday has two numbers.
  ['0 0 * * */8', 'has the step "8" in "*/8", and the day of week takes 1 to 7'],
  ['0 */25 * * *', 'has the step "25" in "*/25", and the hour takes 1 to 24'],
  ['0 0 * L *', 'has "L" as month'],
])('%j cannot be read, and the words say why', (text, words) => {
  expect(parseCron(text)).toEqual({ problem: expect.stringContaining(words) });
});

test.each([
  ['0 0 31 2 *', false],
  ['0 0 30 2 *', false],
  ['0 0 31 4,6,9,11 *', false],
  ['0 0 29 2 *', true],
  ['0 0 29 2 */7', true],
  ['0 0 31 2 MON', true],
  ['0 0 L 2 *', true],
  ['0 0 * 2 MON#5', true],
])('%s ever fires: %s', (text, expected) => {
  expect(everFires(scheduleOf(text))).toBe(expected);
});
