import { type BreakRule, DETECTORS, type DetectorName } from './break-rule.ts';
import { breakRule, breakRules, parameterOf, rulesOf } from './break-rules.ts';
import { componentConfigs } from './tables.ts';

test.each(Object.keys(DETECTORS) as DetectorName[])('the detector %s has something to look for', (detector) => {
  expect(rulesOf(detector).length).toBeGreaterThan(0);
  for (const rule of rulesOf(detector)) expect(rule.detector).toBe(detector);
});

test('a rule is found by its id, which waivers name', () => {
  expect(breakRule('al2-ami')).toMatchObject({ breaksIn: '1.33', severity: 'error' });
  expect(breakRule('al3-ami')).toBeUndefined();
});

test('a parameter is read as a list, one or several', () => {
  expect(parameterOf(breakRule('gitrepo-volume') as BreakRule, 'path')).toEqual(['volumes[].gitRepo']);
  expect(parameterOf(breakRule('lifecycle-tcp-socket') as BreakRule, 'path')).toHaveLength(2);
  expect(parameterOf(breakRule('ip-address-format') as BreakRule, 'path')).toEqual([]);
});

test('unsupported volumes are errors, redirected ones warnings, in pods and in PersistentVolumes alike', () => {
  for (const id of ['in-tree-volume-rbd', 'in-tree-persistent-volume-rbd'])
    expect(breakRule(id)?.severity).toBe('error');
  for (const id of ['in-tree-volume-awselasticblockstore', 'in-tree-persistent-volume-awselasticblockstore'])
    expect(breakRule(id)?.severity).toBe('warning');
});

test('every configuration that a cluster can hold has a rule, with the minor that refuses it', () => {
  const found = componentConfigs.filter(({ foundIn }) => foundIn !== 'control-plane');
  const rules = rulesOf('component-config').map(({ parameters, breaksIn }) => ({ ...parameters, removed: breaksIn }));
  expect(rules).toEqual(found.map(({ group, version, kinds, removed }) => ({ group, version, kinds, removed })));
});

test('no feature gate is told twice', () => {
  const gates = rulesOf('feature-gate').flatMap((rule) => parameterOf(rule, 'gates'));
  expect(new Set(gates).size).toBe(gates.length);
});

test('what is removed is an error', () => {
  expect(breakRules.filter(({ reason, severity }) => reason === 'removed' && severity !== 'error')).toEqual([]);
});
