import type { BreakGlass } from '../contracts/items/break-glass.ts';
import { isInForce } from './break-glass.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const by = (...people: string[]): BreakGlass['by'] => people.map((principal) => ({ principal, at: NOW.toISOString() }));
const ANA = 'sso:111111111111/ana';
const glass = (people: readonly string[], seconds = 60): BreakGlass => ({
  reason: 'incident 4711',
  until: new Date(NOW.getTime() + seconds * 1000).toISOString(),
  by: by(...people),
});
const fourEyes = { fourEyes: true };

test.each<[string, BreakGlass | undefined, Parameters<typeof isInForce>[1], boolean]>([
  ['nobody asked', undefined, undefined, false],
  ['one person asked', glass([ANA]), undefined, true],
  ['its last instant has come', glass([ANA], 0), undefined, false],
  ['it has a second left', glass([ANA], 1), undefined, true],
  ['one of two agreed', glass([ANA]), fourEyes, false],
  ['two agreed', glass([ANA, 'role:111111111111/lead']), fourEyes, true],
  ['one person agreed twice', glass([ANA, 'sso:222222222222/ANA']), fourEyes, false],
  ['nobody who may has asked', glass([ANA]), { fourEyes: false, from: ['role:*/lead'] }, false],
  ['one of two may', glass([ANA, 'role:111111111111/lead']), { ...fourEyes, from: ['role:*/lead'] }, false],
  ['the unknown asked', glass(['unknown']), undefined, false],
  ['Liftlock itself asked', glass(['liftlock']), undefined, false],
])('%s: %#', (_, given, rule, holds) => {
  expect(isInForce(given, rule, NOW)).toBe(holds);
});
