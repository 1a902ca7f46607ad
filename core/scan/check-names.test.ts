import { CHECK_NAMES } from '../config/checks/no-check.ts';
import { REASON_FAMILIES } from '../contracts/reasons.ts';
import { REASONS } from '../contracts/scan-words.ts';
import { breakRules } from './data/break-rules.ts';
import { PREFLIGHT_CHECKS } from './preflight/checks.ts';

test('the names that a policy may let waivers hold for are those of all that finds, each once', () => {
  const told = Object.keys(REASON_FAMILIES['Scan and smoke check']).filter((code) =>
    /^(Drain|Node|WorkloadPaused|(Addon)?Insight)/.test(code),
  );
  const found = [...PREFLIGHT_CHECKS.map(({ name }) => name), ...breakRules.map(({ id }) => id), ...told];
  expect([...CHECK_NAMES].sort()).toEqual([...new Set([...found, ...Object.keys(REASONS)])].sort());
});
