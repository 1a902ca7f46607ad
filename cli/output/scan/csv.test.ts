import fc from 'fast-check';
import { isGap } from '../../../core/scan/report/verdict.ts';
import { clusterReport, hostileReport, listOf } from '../../../test/material/cli/documents.ts';
import { scanCsv } from './csv.ts';

test('a cluster: a line for each finding and for each gap', () => {
  expect(scanCsv(clusterReport())).toMatchInlineSnapshot(`
"scanned,target,severity,rule,apiVersion,kind,namespace,name,place,owner,cause,what,fix,id
prod,1.36,error,removed,policy/v1beta1,PodDisruptionBudget,payments,api,,platform,manager:terraform,Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.,Write policy/v1.,605caf039125e6d2
prod,1.36,warning,removed,policy/v1beta1,PodDisruptionBudget,payments,web,,platform,manager:terraform,Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.,Write policy/v1.,6e42fe85ce7f0647
prod,1.36,info,stale-trace,policy/v1beta1,PodDisruptionBudget,payments,old,,platform,manager:terraform,Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.,Write policy/v1.,cc58fadceb40f0e1
prod,1.36,"error, waived",al2-ami,v1,Node,,ip-10-0-0-1,,platform,node-group:workers,EKS builds no Amazon Linux 2 images for 1.33 and later.,Move to Amazon Linux 2023.,589bbb40d6309bcf
prod,1.36,not read,,,,,,,,helm releases in Secrets,Allow list of secrets.,,
"
`);
});

test('what begins like a formula is text, and what others wrote stays in its cell', () => {
  const report = clusterReport();
  const [finding] = report.findings;
  if (finding === undefined) throw new Error('no finding');
  const findings = ['=1+1', '+1', '-1', '@SUM(A1)', 'a,b', 'a "b"', 'a\nb'].map((name) => ({ ...finding, name }));
  const lines = scanCsv({ ...report, findings, coverage: [] }).split('\r\n');
  const names = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", '"a,b"', '"a ""b"""'];
  expect(lines).toHaveLength(findings.length + 2);
  for (const [index, name] of names.entries()) expect(lines[index + 1]).toContain(`,payments,${name},`);
  expect(lines.join('')).not.toContain('\n');
});

test('whatever others wrote, a finding is a line, and no cell begins like a formula', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const lines = scanCsv(listOf(report, report)).split('\r\n');
      expect(lines).toHaveLength(2 + 2 * (report.findings.length + report.coverage.filter(isGap).length));
      for (const line of lines) {
        expect(line).not.toMatch(/[\r\n]/);
        expect(line).not.toMatch(/(?:^|,)"?[=+@-]/);
      }
    }),
  );
});
