import { tagEffects } from './cluster-warnings.ts';

const effectsOf = (tags: Record<string, string>, calendars: readonly string[] = ['bank']) =>
  tagEffects({ tags }, 'liftlock/', new Set(calendars)).map(({ tag, effect }) => `${tag}: ${effect}`);

test('a tag that can be read says what it does; tags of others say nothing', () => {
  expect(effectsOf({ team: 'a', 'liftlock/paused': 'true', 'liftlock/calendar': 'bank' })).toStrictEqual([
    'liftlock/paused: Liftlock keeps away from the cluster.',
    'liftlock/calendar: Liftlock also waits for bank to be open.',
  ]);
});

test('a tag that holds the cluster says that it does: one of another case, and one that asks for a calendar that is not there', () => {
  expect(effectsOf({ 'Liftlock/paused': 'true', 'liftlock/calendar': 'bank night' })).toStrictEqual([
    'Liftlock/paused: The tag Liftlock/paused is not one that Liftlock knows; known are liftlock/paused, liftlock/pin-version, liftlock/wave, liftlock/calendar.',
    'liftlock/calendar: The tag liftlock/calendar asks for "night", and there is no Calendar of that name.',
  ]);
});
