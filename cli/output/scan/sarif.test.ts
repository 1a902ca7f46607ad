import fc from 'fast-check';
import { clusterReport, hostileReport, listOf } from '../../../test/material/cli/documents.ts';
import { judged } from '../../../test/material/scan/findings.ts';
import { reportOf } from '../../../test/material/scan/report.ts';
import { MOST_RESULTS, scanSarif } from './sarif.ts';

const options = { version: '0.1.0', current: '/repository/deploy', root: '/repository' };
const at = (file: string) => judged({ location: { file, line: 3, column: 5 } });
const resultsOf = (...given: Parameters<typeof scanSarif>) =>
  scanSarif(...given).runs.flatMap(({ results }) => results);

test('a finding in a file', () => {
  const [run] = scanSarif(reportOf({ findings: [at('web/budget.yaml')] }), options).runs;
  expect(run).toMatchInlineSnapshot(`
{
  "automationDetails": {
    "id": "liftlock-scan/1.36/",
  },
  "columnKind": "utf16CodeUnits",
  "invocations": [
    {
      "endTimeUtc": "2026-11-20T08:00:00.000Z",
      "executionSuccessful": true,
      "exitCode": 3,
      "properties": {
        "subject": "deploy",
        "verdict": "fail",
      },
      "toolExecutionNotifications": [],
    },
  ],
  "originalUriBaseIds": {
    "%SRCROOT%": {
      "description": {
        "text": "The root of the repository.",
      },
    },
  },
  "results": [
    {
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "deploy/payments/PodDisruptionBudget/api",
              "kind": "resource",
              "name": "api",
            },
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "deploy/web/budget.yaml",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "startColumn": 5,
              "startLine": 3,
            },
          },
        },
      ],
      "message": {
        "text": "Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget. Write policy/v1.",
      },
      "partialFingerprints": {
        "liftlockFinding/v1": "b06ab79eceb0b0a8",
        "primaryLocationLineHash": "b06ab79eceb0b0a8:1",
      },
      "properties": {
        "cause": "file:deploy/budget.yaml",
        "confidence": "high",
        "evidence": [
          "deploy/budget.yaml writes policy/v1beta1.",
        ],
        "owner": null,
        "severity": "error",
        "source": "manifest",
        "subject": "deploy",
      },
      "ruleId": "removed/policy/v1beta1/PodDisruptionBudget",
      "ruleIndex": 0,
      "suppressions": [],
    },
  ],
  "tool": {
    "driver": {
      "name": "Liftlock",
      "notifications": [
        {
          "id": "coverage/denied",
          "shortDescription": {
            "text": "Nobody may read it with these credentials.",
          },
        },
        {
          "id": "coverage/error",
          "shortDescription": {
            "text": "It could not be read.",
          },
        },
        {
          "id": "coverage/not-rendered",
          "shortDescription": {
            "text": "A template, which says nothing until it is rendered.",
          },
        },
        {
          "id": "limit",
          "shortDescription": {
            "text": "More than code scanning takes.",
          },
        },
      ],
      "rules": [
        {
          "defaultConfiguration": {
            "level": "error",
          },
          "fullDescription": {
            "text": "The target does not serve or support it any more.",
          },
          "help": {
            "text": "Write policy/v1.",
          },
          "id": "removed/policy/v1beta1/PodDisruptionBudget",
          "properties": {
            "precision": "high",
            "problem.severity": "error",
            "tags": [
              "kubernetes",
              "upgrade",
              "removed",
              "manifest",
            ],
          },
          "shortDescription": {
            "text": "removed (1.25): policy/v1beta1 PodDisruptionBudget",
          },
        },
      ],
      "version": "0.1.0",
    },
  },
}
`);
});

test.each([
  ['web/a b#1.yaml', { uri: 'deploy/web/a%20b%231.yaml', uriBaseId: '%SRCROOT%' }],
  ['./x.yaml', { uri: 'deploy/x.yaml', uriBaseId: '%SRCROOT%' }],
  ['../x.yaml', { uri: 'x.yaml', uriBaseId: '%SRCROOT%' }],
  ['../../x.yaml', { uri: 'file:///x.yaml' }],
  ['/elsewhere/x.yaml', { uri: 'file:///elsewhere/x.yaml' }],
  ['/repository/x.yaml', { uri: 'x.yaml', uriBaseId: '%SRCROOT%' }],
  ['../..', { uri: 'file:///' }],
  ['-', { uri: 'stdin', uriBaseId: '%SRCROOT%' }],
])('the file %s is at %j', (file, expected) => {
  const [result] = resultsOf(reportOf({ findings: [at(file)] }), options);
  expect(result?.locations[0].physicalLocation).toEqual({
    artifactLocation: expected,
    region: { startLine: 3, startColumn: 5 },
  });
});

test('in a cluster: a path that names the object, waived ones suppressed, and gaps as notifications', () => {
  const [run] = scanSarif(clusterReport(), options).runs;
  expect(run?.results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions.length])).toEqual([
    ['removed/policy/v1beta1/PodDisruptionBudget', 'error', 0],
    ['removed/policy/v1beta1/PodDisruptionBudget', 'warning', 0],
    ['stale-trace/policy/v1beta1/PodDisruptionBudget', 'note', 0],
    ['unsupported/al2-ami', 'note', 1],
  ]);
  expect(run?.results[0]?.locations[0]).toEqual({
    physicalLocation: {
      artifactLocation: { uri: 'clusters/prod/payments/PodDisruptionBudget/api', uriBaseId: '%SRCROOT%' },
      region: { startLine: 1, startColumn: 1 },
    },
    logicalLocations: [{ name: 'api', fullyQualifiedName: 'prod/payments/PodDisruptionBudget/api', kind: 'resource' }],
  });
  expect(run?.invocations).toEqual([
    expect.objectContaining({
      executionSuccessful: false,
      exitCode: 3,
      toolExecutionNotifications: [
        {
          descriptor: { id: 'coverage/denied' },
          level: 'error',
          message: { text: 'helm releases in Secrets was not read. Allow list of secrets.' },
        },
      ],
    }),
  ]);
});

test('a run for each target, in categories of their own; the same object in two clusters is two alerts', () => {
  const cluster = (subject: string, target: string) =>
    reportOf({ subject, from: '1.34', target, findings: [judged({ location: null })] });
  const { runs } = scanSarif(listOf(cluster('a', '1.35'), cluster('a', '1.36'), cluster('b', '1.36')), options);
  expect(runs.map(({ automationDetails, results }) => [automationDetails.id, results.length])).toEqual([
    ['liftlock-scan/1.35/', 1],
    ['liftlock-scan/1.36/', 2],
  ]);
  const prints = runs[1]?.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash);
  expect(new Set(prints).size).toBe(2);
  const [alone] = resultsOf(cluster('b', '1.36'), options);
  expect(prints?.[1]).toBe(alone?.partialFingerprints.primaryLocationLineHash);
});

test('names of dots do not climb', () => {
  const [result] = resultsOf(reportOf({ findings: [judged({ location: null, namespace: '..', name: '.' })] }), options);
  expect(result?.locations[0].physicalLocation.artifactLocation.uri).toBe('clusters/deploy/_../PodDisruptionBudget/_.');
});

test('errors of every cluster go before warnings of any', () => {
  const cluster = (subject: string, severity: 'error' | 'warning') =>
    reportOf({ subject, from: '1.35', findings: [judged({ location: null, severity })] });
  expect(resultsOf(listOf(cluster('a', 'warning'), cluster('b', 'error')), options).map(({ level }) => level)).toEqual([
    'error',
    'warning',
  ]);
});

test('copies of an object have fingerprints of their own', () => {
  const prints = resultsOf(reportOf({ findings: [at('a.yaml'), at('b.yaml')] }), options).map(
    ({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash,
  );
  expect(prints).toEqual(['b06ab79eceb0b0a8:1', 'b06ab79eceb0b0a8:2']);
});

test('no more results than code scanning takes, and it is said', () => {
  const findings = Array.from({ length: MOST_RESULTS + 7 }, (_, index) => judged({ name: `n${index}` }));
  const [run] = scanSarif(reportOf({ findings }), options).runs;
  expect(run?.results).toHaveLength(MOST_RESULTS);
  expect(run?.invocations[0]?.toolExecutionNotifications).toEqual([
    expect.objectContaining({ message: { text: '7 more findings are not in this file, see -o json.' } }),
  ]);
});

test('whatever others wrote, results point at their rules and at addresses that stay inside', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const log = scanSarif(report, options);
      const [run] = log.runs;
      expect(JSON.parse(JSON.stringify(log))).toEqual(log);
      expect(run?.results).toHaveLength(report.findings.length);
      const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
      expect(new Set(ids).size).toBe(ids.length);
      for (const { ruleId, ruleIndex, locations, message } of run?.results ?? []) {
        expect(ids[ruleIndex]).toBe(ruleId);
        expect(message.text).not.toMatch(/\]\(|\{\d/);
        const { uri, uriBaseId } = locations[0].physicalLocation.artifactLocation;
        expect(uri).toMatch(/^(?:[\w.~!*'():/-]|%[0-9A-F]{2})+$/);
        const resolved = new URL(uri, 'https://root.example/inside/').href;
        expect(resolved).toContain(uriBaseId === undefined ? 'file:///' : 'https://root.example/inside/');
      }
    }),
  );
});
