import { supportText } from './cluster-text.ts';

const now = new Date('2026-11-20T00:00:00.000Z');
const deadline = { kind: 'endOfStandardSupport', at: '2026-12-02T00:00:00.000Z', daysLeft: 12, forced: false };

test.each<[Parameters<typeof supportText>[0], string]>([
  [{ state: 'standard', deadline, dollarsPerDayLate: 0 }, 'standard until 2026-12-02 (in 12d)'],
  [
    { state: 'standard', deadline: { ...deadline, forced: true }, dollarsPerDayLate: 0 },
    'standard until 2026-12-02 (in 12d), then EKS upgrades it by force',
  ],
  [
    { state: 'extended', deadline: { ...deadline, forced: true }, dollarsPerDayLate: 12 },
    'extended until 2026-12-02 (in 12d), then EKS upgrades it by force, costs $12 a day extra',
  ],
  [
    { state: 'unsupported', deadline: null, dollarsPerDayLate: 12 },
    'unsupported, EKS upgrades it by force at any time, costs $12 a day extra',
  ],
  [{ state: 'unknown', deadline: null, dollarsPerDayLate: null }, 'unknown'],
])('the support of a cluster: %j', (support, said) => {
  expect(supportText(support, now)).toBe(said);
});
