import { z } from 'zod';
import { reasonSchema, timestamp } from './common.ts';

const count = z.number().int().nonnegative();
const minor = z.string();
const verdict = z.enum(['pass', 'fail', 'incomplete']);

const cause = z.object({
  cause: z.string(),
  owner: z.string().optional(),
  /** All owners, where there are several; `owner` then names them in one text. */
  owners: z.array(z.string()).optional(),
  severity: z.enum(['error', 'warning', 'info']),
  findings: count,
  /** How to end it, as the gate says it; absent in older scans, and there, too, for causes that stop no hop. */
  fixes: z.array(z.string()).optional(),
  /** The code under which the gate reports it, such as DrainStuck; likewise. Absent = ScanFinding. */
  code: z.string().optional(),
  /** The problem in the words of one of its findings; likewise. */
  what: z.string().optional(),
  /** When it was first known, if every look since has found it. Earlier approvals did not show it. Absent in older scans. */
  since: timestamp.optional(),
  /** The sources of its findings; absent in older scans. */
  sources: z.array(z.string()).optional(),
  /** Ids of its findings, by which waivers name them; only the first ones of many. Likewise absent. */
  ids: z.array(z.string()).optional(),
});
export type ScanCause = z.infer<typeof cause>;

export const waivedError = z.object({ rule: z.string(), cause: z.string() });

/** One scan in a few hundred bytes. Its whole report is stored beside it in parts. */
export const scanSummary = z.object({
  clusterKey: z.string(),
  scannedAt: timestamp,
  /** ARN of the execution that made it. */
  execution: z.string(),
  from: minor,
  target: minor,
  verdict,
  errors: count,
  warnings: count,
  infos: count,
  waived: count,
  read: count,
  gaps: count,
  /** Causes of errors and warnings, the worst first; at most 20. */
  causes: z.array(cause),
  /** SHA-256 of the causes of errors that did not fit into `causes`; absent = all fitted. */
  moreErrors: z.string().optional(),
  /** When those were first known. */
  moreErrorsSince: timestamp.optional(),
  /** What could not be read; at most 20. */
  unread: z.array(
    z.object({ what: z.string(), source: z.string().optional(), status: z.string(), detail: z.string() }),
  ),
  /** When the tables that judged it were last updated, YYYY-MM-DD. */
  dataUpdatedOn: z.string(),
  /** When the first waiver ends on which its verdict depends; absent where it depends on none. */
  waivedUntil: timestamp.optional(),
  /** The waivers on which its verdict depends; absent where it depends on none, and in older scans. */
  waivedBy: z.array(z.string()).optional(),
  /** Errors of checks of EKS that a waiver covers, by which the inventory may prove the same. */
  waivedErrors: z.array(waivedError).optional(),
  /** The number of parts of the whole report. */
  parts: count,
});
export type ScanSummary = z.infer<typeof scanSummary>;

/** The last scan of a cluster for each target, the newest first; at most five. Lists of the fleet read it, so it is small. */
export const latestScans = z.object({
  clusterKey: z.string(),
  scans: z.array(
    scanSummary.omit({ clusterKey: true, execution: true, unread: true, parts: true }).extend({
      /** The names of the first parts that could not be read; absent in older scans. */
      notRead: z.array(z.string()).optional(),
      /** When the first of the consecutive looks was that could not read everything; absent where this one could, and in older scans. */
      gapsSince: timestamp.optional(),
      /** Causes of earlier looks of which this one cannot tell whether they are gone, since parts could not be read; absent where there are none. */
      unseen: z.array(cause.pick({ cause: true, severity: true, since: true, sources: true })).optional(),
    }),
  ),
});
export type LatestScans = z.infer<typeof latestScans>;

/** The members of scans on which decisions depend. An inventory document has no others. */
export interface KnownScans {
  readonly clusterKey: string;
  readonly scans: readonly (Pick<
    LatestScans['scans'][number],
    'target' | 'scannedAt' | 'verdict' | 'gaps' | 'causes' | 'moreErrors' | 'moreErrorsSince'
  > & { readonly from?: string | undefined } & Partial<
      Pick<LatestScans['scans'][number], 'waivedUntil' | 'waivedErrors' | 'notRead' | 'gapsSince' | 'unseen'>
    >)[];
}

/** The progress of the scan of one execution. */
export const scanRun = z.object({
  clusterKey: z.string(),
  /** ARN of its execution. */
  execution: z.string(),
  target: minor,
  status: z.enum(['requested', 'running', 'ended']),
  requestedBy: z.string().optional(),
  startedAt: timestamp,
  /** How many objects were read. */
  read: count,
  /** How many lists and other things are still to be read. */
  left: count,
  /** How often the scan was continued. */
  resumed: count,
  /** The last stored progress; absent before the first time. `digest` is that of its text. */
  state: z.object({ generation: count, parts: count, digest: z.string() }).optional(),
  /** The time of its report; absent until there is one. */
  scannedAt: timestamp.optional(),
  /** Why it ended in this way, as the step said it. */
  reasons: z.array(reasonSchema),
});
export type ScanRun = z.infer<typeof scanRun>;

/** A part of a text that is too large for one item. `owner` names the text. */
export const scanPart = z.object({ clusterKey: z.string(), owner: z.string(), part: count, text: z.string() });
