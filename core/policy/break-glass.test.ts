import type { BreakGlass } from '../contracts/items/break-glass.ts';
import { glassInForce, isInForce, mayBreakGlass, passesBreakGlass, peopleNeeded } from './break-glass.ts';

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
  ['one of two agreed whom another policy asked for', { ...glass([ANA]), fourEyes: true }, undefined, false],
  ['one person agreed twice', glass([ANA, 'sso:222222222222/ANA']), fourEyes, false],
  ['nobody who may has asked', glass([ANA]), { fourEyes: false, from: ['role:*/lead'] }, false],
  ['one of two may', glass([ANA, 'role:111111111111/lead']), { ...fourEyes, from: ['role:*/lead'] }, false],
  ['the unknown asked', glass(['unknown']), undefined, false],
  ['Liftlock itself asked', glass(['liftlock']), undefined, false],
])('%s: %#', (_, given, rule, holds) => {
  expect(isInForce(given, rule, NOW)).toBe(holds);
});

test.each([
  ['WindowClosed', true],
  ['Frozen', true],
  ['WindowTooShort', true],
  ['WindowClosing', true],
  ['NoCalendar', false],
  ['FleetStopped', false],
] as const)('an order passes what a calendar says and nothing else: %s %s', (code, passes) => {
  expect(passesBreakGlass({ code, message: '' })).toBe(passes);
});

test('whoever one of the patterns names may ask, and everybody where there are none', () => {
  expect(mayBreakGlass({ fourEyes: false, from: ['role:*/lead', 'sso:*/ana'] }, ANA)).toBe(true);
  expect(mayBreakGlass({ fourEyes: false }, ANA)).toBe(true);
  expect(mayBreakGlass(undefined, ANA)).toBe(true);
});

test('two people are needed where the policy wants four eyes, else one', () => {
  expect([fourEyes, { fourEyes: false }, undefined].map((rule) => peopleNeeded(rule))).toEqual([2, 1, 1]);
});

describe('the order for a member', () => {
  const control = (order: BreakGlass | undefined) => ({ clusterKey: 'k', ...(order && { breakGlass: order }) });
  const ofCluster = glass([ANA]);
  const ofWave = { ...glass([ANA], 120), planHash: 'h' };

  test('is that of its cluster before that of its wave', () => {
    expect(glassInForce(control(ofCluster), { planHash: 'h', breakGlass: ofWave }, undefined, NOW)).toBe(ofCluster);
    expect(glassInForce(control(ofCluster), undefined, undefined, NOW)).toBe(ofCluster);
    expect(glassInForce(control(glass([ANA], 0)), { planHash: 'h', breakGlass: ofWave }, undefined, NOW)).toBe(ofWave);
  });

  test('is that of its wave only for the plan that was seen', () => {
    expect(glassInForce(undefined, { planHash: 'h', breakGlass: ofWave }, undefined, NOW)).toBe(ofWave);
    expect(glassInForce(control(undefined), { planHash: 'newer', breakGlass: ofWave }, undefined, NOW)).toBeUndefined();
    expect(glassInForce(undefined, { planHash: 'h' }, undefined, NOW)).toBeUndefined();
    expect(glassInForce(undefined, undefined, undefined, NOW)).toBeUndefined();
  });
});
