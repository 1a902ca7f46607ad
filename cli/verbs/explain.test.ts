import type { Explanation } from '../../core/queries/explanation.ts';
import { colourOf } from '../output/paint.ts';
import { explanationText } from './explain.ts';

const shown = { paint: colourOf({ env: {}, isTerminal: false }, false), now: new Date('2026-11-20T08:00:00Z') };
const explanation: Explanation = {
  ...{ cluster: 'web', clusterKey: 'k', version: '1.36', state: 'Unmanaged', reasons: [] },
  ...{ when: { at: null, condition: null }, policy: null, wave: null, calendars: [], placement: [], target: null },
  ...{ hops: [], rollout: null, upgrade: null, scan: null, held: null, breakGlass: null, managedBy: [] },
  rollback: { status: 'Unknown', to: null, until: null, reasons: [] },
  support: { state: 'standard', deadline: null, dollarsPerDayLate: null },
  ...{ tagEffects: [], warnings: [] },
};

test.each([
  [[], 'none: always open'],
  [['bank'], 'bank'],
  [null, 'unknown: a policy that may select it cannot be read, so nothing begins (PolicyNotConfigured)'],
])('calendars are told as they hold: %j', (calendars, said) => {
  const line = explanationText({ ...explanation, calendars }, shown).find((one) => one.startsWith('Calendars'));
  expect(line?.replace(/^Calendars:? +/, '')).toBe(said);
});
