import { readFile } from 'node:fs/promises';
import { calendarStateAt } from '../core/calendar/calendar-state.ts';
import { compileCalendar } from '../core/calendar/compile-calendar.ts';
import { parseConfig } from '../core/config/parse-config.ts';

const page = await readFile(new URL('calendars.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');

test('the example of the page is valid, and what the page says of it is true', () => {
  const [text = ''] = blocks('yaml');
  const { calendars, errors, warnings } = parseConfig([{ path: 'calendars.md', text }], {
    now: new Date('2026-11-20'),
  });
  expect([errors, warnings]).toEqual([[], []]);
  const [calendar] = calendars;
  const [json = ''] = blocks('json');
  const told = JSON.parse(json) as { at: string; opensAt: string };
  const { opensAt, ...state } = calendarStateAt(
    calendars.map(({ metadata, spec }) => compileCalendar(metadata.name, spec)),
    new Date(told.at),
  );
  expect(calendar?.metadata.name).toBe('prod');
  expect(told).toMatchObject({
    open: state.open,
    window: state.window,
    freeze: state.freeze,
    closesAt: state.closesAt,
  });
  expect(opensAt?.toISOString().replace('.000Z', 'Z')).toBe(told.opensAt);
});
