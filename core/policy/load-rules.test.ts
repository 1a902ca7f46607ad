import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { hopRules } from './hop-rules.ts';
import { compiledCalendar, compiledRules, loadedRules } from './load-rules.ts';
import type { ReadRules } from './read-rules.ts';

const applied = (name: string, timeZone = 'UTC', revision = 'first'): AppliedConfig => ({
  kind: 'Calendar',
  name,
  document: {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Calendar',
    metadata: { name },
    spec: { timeZone, windows: [], freezes: [] },
  },
  revision,
  appliedBy: 'ann',
  appliedAt: '2026-11-20T12:00:00.000Z',
});
const unreadable = (name: string): AppliedConfig => ({ ...applied(name), document: { kind: 'New' } });
const policy = policyWith({ waves: '[{ name: all, calendar: [nights, days] }]' });
const checks: readonly WriteOperation[] = [{ type: 'check', key: { pk: 'CONFIG', sk: 'x' }, expect: 3 }];
const read = (calendars: readonly AppliedConfig[]): ReadRules => ({
  rules: (compiled) => hopRules(policy, clusterRecord(), undefined, compiled, 'liftlock/'),
  calendars,
  policyAppliedBy: ['bob'],
  checks,
});

test('a cluster that no policy selects has no rules, and nothing is checked for it', () => {
  expect(loadedRules(undefined)).toStrictEqual({ rules: undefined, policyAppliedBy: undefined, checks: [] });
});

test('rules are given with who applied the policy and with what they rest on', () => {
  const loaded = loadedRules(read([applied('nights'), applied('days')]));
  expect(loaded).toMatchObject({ policyAppliedBy: ['bob'], checks });
  expect(loaded.rules?.calendars.map(({ name }) => name)).toStrictEqual(['nights', 'days']);
});

test('a calendar that this version cannot read counts as not applied', () => {
  const { calendars, problems } = compiledRules(read([applied('nights'), unreadable('days')]));
  expect(calendars.map(({ name }) => name)).toStrictEqual(['nights']);
  expect(problems.map(({ code }) => code)).toStrictEqual(['NoCalendar']);
  expect(compiledCalendar(undefined)).toBeUndefined();
  expect(compiledCalendar(unreadable('days'))).toBeUndefined();
});

test('a calendar is compiled once for each revision, and anew once many others were', () => {
  const first = compiledCalendar(applied('kept'));
  expect(first).toMatchObject({ name: 'kept', zone: { id: 'UTC' } });
  expect(compiledCalendar(applied('kept'))).toBe(first);
  expect(compiledCalendar(applied('kept', 'Europe/Berlin', 'second'))).toMatchObject({ zone: { id: 'Europe/Berlin' } });
  expect(compiledCalendar(applied('kept'))).toBe(first);
  for (let count = 0; count < 200; count += 1) compiledCalendar(applied('other', 'UTC', `${count}`));
  expect(compiledCalendar(applied('kept'))).not.toBe(first);
});
