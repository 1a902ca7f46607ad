import { isOurRule, muteRuleName, muteRuleOf, silenceDuring, silenceMark } from './silence-rule.ts';

const rule = (alarms: string[], during: 'update-addons' | 'roll-node-group', longest = '4h') => ({
  ...{ alarms, during: [during], longest },
});

test('the rules of a step are one silence, which is as short as the shortest of them; the cluster has its name', () => {
  const rules = [
    rule(['{cluster}-errors', 'late'], 'roll-node-group', '2h'),
    rule(['late', '{cluster}/{cluster}'], 'roll-node-group', '6h'),
    rule(['addons'], 'update-addons', '1m'),
  ];
  expect(silenceDuring(rules, 'roll-node-group', 'web')).toEqual({
    ...{ alarms: ['late', 'web-errors', 'web/web'], milliseconds: 2 * 3_600_000 },
  });
  expect(silenceDuring(rules, 'upgrade-control-plane', 'web')).toBeUndefined();
});

const place = { clusterKey: 'arn:aws:eks:r:1:cluster/web@2026', step: 'roll-node-group' as const, part: 'workers' };

test('each place has a rule of its own, also of two clusters one after the other under a name', () => {
  const all = [
    place,
    { ...place, part: 'others' },
    { ...place, step: 'update-addons' as const },
    { ...place, clusterKey: 'arn:aws:eks:r:1:cluster/web@2027' },
  ].map((one) => muteRuleName(one, 'web'));
  expect(new Set(all).size).toBe(4);
  expect(all[0]).toMatch(/^liftlock-web-roll-node-group-workers-[0-9a-f]{32}$/);
  expect(muteRuleName(place, 'web')).toBe(all[0]);
});

test('the longest names fit into what CloudWatch takes, and stay apart', () => {
  const [one, other] = ['a', 'b'].map((last) => {
    const part = 'g'.repeat(62) + last;
    return muteRuleName({ clusterKey: 'c'.repeat(99) + last, step: 'upgrade-control-plane', part }, 'c'.repeat(100));
  });
  expect(one?.length).toBeLessThanOrEqual(255);
  expect(one).not.toBe(other);
});

test.each([
  ['2026-11-20T08:00:00.000Z', '2026-11-20T08:01:00.000Z'],
  ['2026-11-20T08:00:39.999Z', '2026-11-20T08:01:00.000Z'],
  ['2026-11-20T08:00:40.001Z', '2026-11-20T08:02:00.000Z'],
])(
  'asked for at %s it begins at %s, which has not passed when the call arrives, and ends by itself',
  (now, startsAt) => {
    const wanted = { alarms: ['a'], milliseconds: 90 * 60_000 + 59_000 };
    const made = muteRuleOf(place, 'web', wanted, 'hop-1.37', new Date(now));
    expect(made).toMatchObject({ startsAt, alarms: ['a'], name: muteRuleName(place, 'web') });
    // It never lasts longer than the policy says.
    expect(Date.parse(made.endsAt) - Date.parse(made.startsAt)).toBe(90 * 60_000);
    expect(made.description).toContain('upgrade hop-1.37');
  },
);

test('a rule is ours by the mark at the end of its description', () => {
  const { description } = muteRuleOf(place, 'web', { alarms: ['a'], milliseconds: 60_000 }, 'u', new Date(0));
  expect(isOurRule({ description }, silenceMark(place))).toBe(true);
  expect(isOurRule({ description }, silenceMark({ ...place, part: 'others' }))).toBe(false);
  expect(isOurRule({ description: '' }, silenceMark(place))).toBe(false);
  expect(description.length).toBeLessThanOrEqual(1024);
});
