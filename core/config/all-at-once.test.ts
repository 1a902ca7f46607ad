import { issuesOf } from '../../test/material/config/issues-of.ts';
import { formatIssue } from './issue.ts';
import { parseConfig } from './parse-config.ts';

test('a rule of a calendar that is wrong hides nothing that is wrong with the others, each at its own place', () => {
  const text = `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: prod }
spec:
  windows:
    - { name: n, schedule: "0 22 * * *" }
    - { name: m, schedule: "0 25 * * *", duration: 6h }
    - { name: o, schedule: "0 22 * * *", duration: long }
    - { name: m, schedule: "0 22 * * *", duration: 6h }
  freezes:
    - { name: r, schedule: "0 1 * * *", duration: 0s }
    - { name: x, from: 2026-13-01, to: 2026-12-01 }
    - { name: y, from: 2026-12-05, to: 2026-12-01 }
    - { name: z, from: 2026-11-31, to: 2026-12-01 }
`;
  const { errors } = parseConfig([{ path: 'c.yaml', text }]);
  const places = errors.map((issue) => formatIssue(issue).replace(/:\d+: error: ([^ ]+): .*/, ' $1'));
  expect(places).toEqual([
    'c.yaml:6 spec.windows[0].schedule',
    'c.yaml:7 spec.windows[1].schedule',
    'c.yaml:8 spec.windows[2].duration',
    'c.yaml:9 spec.windows[3].name',
    'c.yaml:11 spec.freezes[0].duration',
    'c.yaml:12 spec.freezes[1].from',
    'c.yaml:13 spec.freezes[2].to',
    'c.yaml:14 spec.freezes[3].from',
  ]);
});

test('what needs the API server is told of a policy that is wrong elsewhere, too', () => {
  const spec = `verification: eks-api
disruption: { maxUnavailable: 0 }
smoke: { deployments: [shop/web], jobs: [{ name: a }] }
trigger: auto`;
  const told = issuesOf('{ name: w }', { spec }).join('\n');
  for (const place of ['disruption', 'smoke.deployments', 'smoke.jobs'])
    expect(told).toMatch(new RegExp(`error: spec\\.${place}: .* which verification: eks-api says`));
});
