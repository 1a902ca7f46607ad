import fc from 'fast-check';
import { groupByCause } from '../../../core/scan/report/group-findings.ts';
import { fails, isGap } from '../../../core/scan/report/verdict.ts';
import { clusterReport, hostileReport, listOf } from '../../../test/material/cli/documents.ts';
import { parseXml } from '../../../test/material/cli/parse-xml.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { scanJunit } from './junit.ts';

test('a cluster: what fails is a failure, what is waived is skipped, what was denied is an error', () => {
  expect(scanJunit(clusterReport())).toMatchInlineSnapshot(`
"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="liftlock scan" tests="3" failures="1" errors="1" skipped="1">
  <testsuite name="prod for 1.36" tests="3" failures="1" errors="1" skipped="1" timestamp="2026-11-20T08:00:00" time="0">
    <testcase classname="findings.platform" name="manager:terraform" time="0"><failure type="removed" message="Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.">error: PodDisruptionBudget payments/api: Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
  seen: deploy/budget.yaml writes policy/v1beta1.
  fix: Write policy/v1.
warning: PodDisruptionBudget payments/web: Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
  seen: deploy/budget.yaml writes policy/v1beta1.
  fix: Write policy/v1.
info: PodDisruptionBudget payments/old: Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.
  seen: deploy/budget.yaml writes policy/v1beta1.
  fix: Write policy/v1.</failure></testcase>
    <testcase classname="findings.platform" name="node-group:workers" time="0"><skipped message="waived: nodes (platform, until 2026-12-31)"/></testcase>
    <testcase classname="coverage.helm" name="helm releases in Secrets" time="0"><error type="denied" message="Allow list of secrets."/></testcase>
  </testsuite>
</testsuites>
"
`);
});

test('a list has a suite for each scan, and a scan that found nothing has a case that passed', () => {
  const { children, attributes } = parseXml(scanJunit(listOf(reportOf({ findings: [] }), clusterReport())));
  expect(attributes).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '1' });
  expect(children.map(({ name, attributes }) => [name, attributes.name, attributes.tests])).toEqual([
    ['testsuite', 'deploy for 1.36', '1'],
    ['testsuite', 'prod for 1.36', '3'],
  ]);
});

test('whatever others wrote, it is well-formed, and counts what is there', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const [suite] = parseXml(scanJunit(report)).children;
      const outcomes = suite?.children.flatMap(({ children }) => children.map(({ name }) => name)) ?? [];
      const count = (name: string) => outcomes.filter((outcome) => outcome === name).length;
      const failing = groupByCause(report.findings).filter(({ findings }) =>
        findings.some((finding) => fails(finding, 'removed')),
      );
      expect([count('failure'), count('error')]).toEqual([failing.length, report.coverage.filter(isGap).length]);
      expect(suite?.attributes).toMatchObject({
        failures: String(failing.length),
        errors: String(count('error')),
        tests: String(suite?.children.length),
      });
    }),
  );
});
