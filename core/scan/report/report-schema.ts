import { z } from 'zod';
import { apiVersion } from '../../config/kinds.ts';

/** Where a finding comes from. `--skip` takes the same words. */
export const SOURCES = {
  manifest: 'Files that people or tools apply: YAML, JSON, charts, embedded documents.',
  object:
    'Objects of the cluster: who last wrote them at which API version (managedFields, last-applied-configuration).',
  helm: 'Releases that Helm keeps in the cluster.',
  telemetry: 'What the API server counted: requests to deprecated APIs since it started.',
  insight: 'Upgrade insights of Amazon EKS: which client called which API in the last 30 days.',
  reference: 'What refers to APIs: CRDs, APIServices, webhooks, policies, RBAC rules, scale targets, owners.',
  node: 'Nodes: kubelet, kube-proxy, container runtime, operating system.',
  workload: 'Pod templates and other objects: fields, annotations, mounts, images of known controllers.',
} as const;
export type Source = keyof typeof SOURCES;

/** What kind of problem it is. */
export const REASONS = {
  removed: 'The target does not serve or support it any more.',
  deprecated: 'The target still takes it and warns; a later minor will not.',
  'never-served': 'No release serves it unless somebody turned it on; it cannot have worked on a default cluster.',
  'stale-trace': 'An older writer used such an API; somebody has written the object at a good version since.',
  unsupported: 'Its makers do not support it together with the target.',
  'version-skew': 'A component would be too far from the API server, or newer than it.',
  'behaviour-change': 'It is still taken, and does something else.',
  'unserved-version': 'It names a version that nothing serves.',
  'stored-version': 'Objects may still be stored at a version that is deprecated or on its way out.',
  unavailable: 'Something that the API server asks does not answer, so requests fail.',
  insight: 'Amazon EKS reports it, and Liftlock knows no more about it.',
} as const;
export type Reason = keyof typeof REASONS;

export const SEVERITIES = ['error', 'warning', 'info'] as const;
export const CONFIDENCES = ['high', 'medium', 'low'] as const;
export const VERDICTS = ['pass', 'fail', 'incomplete'] as const;
export const COVERAGE_STATUSES = {
  read: 'All of it was read.',
  denied: 'Nobody may read it with these credentials.',
  error: 'It could not be read.',
  skipped: 'It was left out on purpose.',
  'not-rendered': 'A template, which says nothing until it is rendered.',
} as const;
export const FAIL_ON = ['removed', 'deprecated', 'none'] as const;

const minor = z
  .string()
  .regex(/^\d+\.\d+$/)
  .describe('A Kubernetes minor: 1.36.');
const words = <const Words extends Readonly<Record<string, string>>>(all: Words) =>
  z.enum(Object.keys(all) as [keyof Words & string, ...(keyof Words & string)[]]);

const location = z
  .strictObject({
    file: z.string().describe('As it was given; "-" is standard input.'),
    line: z.int().min(1).describe('From 1.'),
    column: z.int().min(1).describe('From 1.'),
  })
  .describe('Where in the files; null for what is in a cluster.');

export const findingSchema = z.strictObject({
  id: z.string().describe('Hash of reason, group, version, kind, namespace, name and source: the same in every scan.'),
  severity: z.enum(SEVERITIES),
  reason: words(REASONS),
  source: words(SOURCES),
  apiVersion: z.string().nullable().describe('policy/v1beta1; null where no API version is concerned.'),
  kind: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  deprecatedIn: minor.nullable(),
  removedIn: minor.nullable(),
  replacement: z
    .string()
    .nullable()
    .describe('apiVersion and kind to use at the target: policy/v1 PodDisruptionBudget.'),
  owner: z.string().nullable().describe('Who to ask: a team, an Argo CD application, a Helm release, a field manager.'),
  cause: z
    .string()
    .describe('What to repair once for all findings that share it: helm:payments/api, manager:terraform.'),
  location: location.nullable(),
  waived: z.boolean(),
  waiver: z.string().nullable().describe('The waiver that covers it, with its owner and end.'),
  evidence: z.array(z.string()).describe('What was seen, one sentence each.'),
  confidence: z.enum(CONFIDENCES),
  rule: z.string().nullable().describe('Which break rule it is, where it is one: al2-ami.'),
  message: z.string(),
  fix: z.string().describe('The next step, concrete.'),
});
export type Finding = z.infer<typeof findingSchema>;

export const coverageSchema = z.strictObject({
  what: z.string().describe('A file, a resource such as deployments.apps, or a part such as helm releases in Secrets.'),
  source: words(SOURCES).nullable(),
  status: words(COVERAGE_STATUSES),
  detail: z.string().describe('Why, and what to do about it. Empty when it was read.'),
  count: z.int().min(0).describe('Documents or objects that were read.'),
});
export type Coverage = z.infer<typeof coverageSchema>;

const groupSchema = z.strictObject({
  cause: z.string(),
  owner: z.string().nullable(),
  severity: z.enum(SEVERITIES).describe('The worst of its findings.'),
  findings: z.array(z.string()).describe('Their ids, what to fix first at the top.'),
});

export const scanReportSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ScanReport'),
  scannedAt: z.string().describe('RFC 3339, UTC.'),
  subject: z.string().describe('What was scanned: paths, or a cluster.'),
  from: minor.nullable().describe('The version that the cluster has; null for manifests.'),
  target: minor,
  verdict: z.enum(VERDICTS),
  failOn: z.enum(FAIL_ON),
  findings: z.array(findingSchema).describe('What to fix first at the top.'),
  groups: z.array(groupSchema).describe('Findings of one cause.'),
  coverage: z.array(coverageSchema),
  waivers: z.strictObject({
    expired: z.array(z.string()).describe('Waivers whose end has come: what they covered counts again.'),
    unused: z.array(z.string()).describe('Waivers that cover nothing.'),
  }),
  data: z.strictObject({ newestMinor: minor, updatedOn: z.string() }).describe('How far the tables reach.'),
  summary: z.strictObject({
    errors: z.int(),
    warnings: z.int(),
    infos: z.int(),
    waived: z.int(),
    read: z.int().describe('Documents and objects that were read.'),
    gaps: z.int().describe('Coverage entries that are denied, error or not-rendered.'),
  }),
});
export type ScanReport = z.infer<typeof scanReportSchema>;

export const scanReportListSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('ScanReportList'),
  items: z.array(scanReportSchema),
});
export type ScanReportList = z.infer<typeof scanReportListSchema>;
