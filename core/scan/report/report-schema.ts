import { z } from 'zod';
import { apiVersion } from '../../config/kinds.ts';
import { words } from '../../config/schema/scan-waiver.ts';
import {
  CONFIDENCES,
  COVERAGE_STATUSES,
  FAIL_ON,
  REASONS,
  SEVERITIES,
  SOURCES,
  VERDICTS,
} from '../../contracts/scan-words.ts';

export type { Reason, Source } from '../../contracts/scan-words.ts';

const minor = z
  .string()
  .regex(/^\d+\.\d+$/)
  .describe('A Kubernetes minor: 1.36.');

const location = z
  .strictObject({
    file: z.string().describe('As it was given; "-" is standard input.'),
    line: z.int().min(1).describe('From 1.'),
    column: z.int().min(1).describe('From 1.'),
  })
  .describe('Where in the files; null for what is in a cluster.');

const findingSchema = z.strictObject({
  id: z
    .string()
    .describe(
      'Hash of reason, group, version, kind, namespace, name, source and rule: the same in every scan. Copies of an object in several places share it.',
    ),
  severity: z.enum(SEVERITIES).describe('How much it matters for this target.'),
  reason: words(REASONS).describe('What kind of problem it is.'),
  source: words(SOURCES).describe('What was read to find it.'),
  apiVersion: z.string().nullable().describe('policy/v1beta1; null where no API version is concerned.'),
  kind: z.string().nullable().describe('PodDisruptionBudget; null where no object is concerned.'),
  namespace: z.string().nullable().describe('Null for what has none, and where the file names none.'),
  name: z.string().nullable().describe('Name of the object.'),
  deprecatedIn: minor.nullable().describe('The first Kubernetes minor that warns; null when none does.'),
  removedIn: minor.nullable().describe('The first Kubernetes minor without it; null when none is known.'),
  replacement: z
    .string()
    .nullable()
    .describe('apiVersion and kind to use at the target: policy/v1 PodDisruptionBudget.'),
  owner: z.string().nullable().describe('Who to ask: a team, an Argo CD application, a Helm release, a field manager.'),
  cause: z
    .string()
    .describe('What to repair once for all findings that share it: helm:payments/api, manager:terraform.'),
  location: location.nullable(),
  waived: z.boolean().describe('Whether a waiver covers it: then it counts for nothing.'),
  waiver: z.string().nullable().describe('The waiver that covers it, with its owner and end.'),
  new: z
    .boolean()
    .nullable()
    .describe('Whether the baseline lacks it: one that the baseline has fails nothing. Null without a baseline.'),
  evidence: z.array(z.string()).describe('What was seen, one sentence each.'),
  confidence: z.enum(CONFIDENCES).describe('How sure the evidence makes it.'),
  rule: z
    .string()
    .nullable()
    .describe(
      'Which break rule or preflight check it is, where it is one: al2-ami, NodegroupStatus. Of an API that an object only names: names:extensions/Deployment.',
    ),
  message: z.string().describe('What happens at the target, one sentence.'),
  fix: z.string().describe('The next step, concrete.'),
});
export type Finding = z.infer<typeof findingSchema>;

const coverageSchema = z.strictObject({
  what: z.string().describe('A file, a resource such as deployments.apps, or a part such as helm releases in Secrets.'),
  source: words(SOURCES).nullable().describe('Which findings would come from it; null where several would.'),
  status: words(COVERAGE_STATUSES).describe('Whether it was read.'),
  detail: z.string().describe('Why, and what to do about it. Empty when it was read.'),
  count: z.int().min(0).describe('Documents or objects that were read.'),
});
export type Coverage = z.infer<typeof coverageSchema>;

const groupSchema = z.strictObject({
  cause: z.string().describe('What to repair once.'),
  owner: z
    .string()
    .nullable()
    .describe('Who to ask; where findings name several, the first three and how many more there are.'),
  severity: z.enum(SEVERITIES).describe('The worst of its findings that are not waived; of all where all are.'),
  findings: z.array(z.string()).describe('Their ids, what to fix first at the top.'),
});

const baselineSchema = z.strictObject({
  scannedAt: z.string().describe('When the baseline was made.'),
  subject: z.string().describe('What it was made of.'),
  new: z.int().min(0).describe('Findings that the baseline lacks. Only these can fail.'),
  unchanged: z.int().min(0).describe('Findings that the baseline has.'),
  gone: z
    .array(z.strictObject({ id: z.string().describe('Its id.'), message: z.string().describe('What it said.') }))
    .describe('Findings of the baseline that are not here: repaired, or not read this time.'),
});

export const scanReportSchema = z.strictObject({
  apiVersion: z.literal(apiVersion).describe('Of the kinds of Liftlock.'),
  kind: z.literal('ScanReport').describe('One target of one subject.'),
  scannedAt: z.string().describe('RFC 3339, UTC.'),
  subject: z.string().describe('What was scanned: paths, or a cluster.'),
  from: minor.nullable().describe('The version that the cluster has; null for manifests.'),
  target: minor.describe('The version that was judged for.'),
  verdict: z
    .enum(VERDICTS)
    .describe(
      'fail: something that failOn names. incomplete: nothing such, but something was not read. pass: neither.',
    ),
  failOn: z
    .enum(FAIL_ON)
    .describe('What fails: removed: findings of severity error. deprecated: warnings too. none: nothing.'),
  findings: z.array(findingSchema).describe('What to fix first at the top.'),
  groups: z.array(groupSchema).describe('Findings of one cause.'),
  coverage: z.array(coverageSchema).describe('What was read and what was not, the gaps at the top.'),
  waivers: z
    .strictObject({
      expired: z.array(z.string()).describe('Waivers whose end has come: what they covered counts again.'),
      unused: z
        .array(z.string())
        .describe('Waivers that cover nothing, those that the policy of the cluster does not allow among them.'),
      until: z
        .string()
        .optional()
        .describe('When the first error or warning that is waived here counts again; absent where none is.'),
      by: z
        .array(z.string())
        .optional()
        .describe('The names of the waivers that cover errors or warnings here; absent where none does.'),
    })
    .describe('Waivers that somebody should look at.'),
  baseline: baselineSchema.nullable().describe('The older report that this one was compared with.'),
  data: z
    .strictObject({
      newestMinor: minor.describe('The newest Kubernetes minor whose removals are known in full.'),
      updatedOn: z.string().describe('When the tables were brought up to date, YYYY-MM-DD.'),
    })
    .describe('How far the tables reach.'),
  summary: z
    .strictObject({
      errors: z
        .int()
        .describe('Findings of severity error that are not waived; those that the baseline has count too.'),
      warnings: z.int().describe('The same of severity warning.'),
      infos: z.int().describe('The same of severity info.'),
      waived: z.int().describe('Findings of any severity that a waiver covers.'),
      read: z.int().describe('Documents and objects that were read.'),
      gaps: z.int().describe('Coverage entries that are denied, error or not-rendered.'),
    })
    .describe('Everything counted.'),
});
export type ScanReport = z.infer<typeof scanReportSchema>;

export const scanReportListSchema = z.strictObject({
  apiVersion: z.literal(apiVersion).describe('Of the kinds of Liftlock.'),
  kind: z.literal('ScanReportList').describe('Several targets, or several clusters.'),
  items: z.array(scanReportSchema).describe('One report each, as above.'),
});
export type ScanReportList = z.infer<typeof scanReportListSchema>;
