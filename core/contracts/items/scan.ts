import { z } from 'zod';
import { reasonSchema, timestamp } from './common.ts';

const count = z.number().int().nonnegative();
const minor = z.string();
const verdict = z.enum(['pass', 'fail', 'incomplete']);

const cause = z.object({
  cause: z.string(),
  owner: z.string().optional(),
  /** Each of them, where several have a part in it; `owner` names them in one text then. */
  owners: z.array(z.string()).optional(),
  severity: z.enum(['error', 'warning', 'info']),
  findings: count,
  /** What ends it, where it stops the hop, as the gate says it; absent of what stops none, and in scans of before there were any. */
  fixes: z.array(z.string()).optional(),
  /** Under which name the gate tells it, such as DrainStuck; likewise. Absent = ScanFinding. */
  code: z.string().optional(),
  /** What is so, in the words of the finding that speaks for it; likewise. */
  what: z.string().optional(),
  /** When it was first known, of those that were found at every look since: approvals given before did not show it. Absent before there was any. */
  since: timestamp.optional(),
  /** Ids of its findings, by which waivers name them; the first of many, and likewise. */
  ids: z.array(z.string()).optional(),
});
export type ScanCause = z.infer<typeof cause>;

/** One scan in a few hundred bytes; the whole report lies beside it in parts. */
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
  /** SHA-256 over the causes of errors that found no place among them; absent = none. */
  moreErrors: z.string().optional(),
  /** When these were first known. */
  moreErrorsSince: timestamp.optional(),
  /** What could not be read; at most 20. */
  unread: z.array(
    z.object({ what: z.string(), source: z.string().optional(), status: z.string(), detail: z.string() }),
  ),
  /** When the tables that judged it were brought up to date, YYYY-MM-DD. */
  dataUpdatedOn: z.string(),
  /** When the first waiver that it rests on ends; absent where it rests on none. */
  waivedUntil: timestamp.optional(),
  /** Parts of the whole report. */
  parts: count,
});
export type ScanSummary = z.infer<typeof scanSummary>;

/** The last scan of a cluster for each target, the newest first; at most five. What lists of the fleet read, so it is kept small. */
export const latestScans = z.object({
  clusterKey: z.string(),
  scans: z.array(
    scanSummary.omit({ clusterKey: true, execution: true, unread: true, parts: true }).extend({
      /** The first of what could not be read, by its name; absent in scans of before it was kept. */
      notRead: z.array(z.string()).optional(),
    }),
  ),
});
export type LatestScans = z.infer<typeof latestScans>;

/** What decides of them; an inventory document tells no more. */
export interface KnownScans {
  readonly clusterKey: string;
  readonly scans: readonly (Pick<
    LatestScans['scans'][number],
    'target' | 'scannedAt' | 'verdict' | 'gaps' | 'causes' | 'moreErrors' | 'moreErrorsSince'
  > &
    Partial<Pick<LatestScans['scans'][number], 'from' | 'waivedUntil' | 'notRead'>>)[];
}

/** Where the scan of one execution stands. */
export const scanRun = z.object({
  clusterKey: z.string(),
  /** ARN of its execution. */
  execution: z.string(),
  target: minor,
  status: z.enum(['requested', 'running', 'ended']),
  requestedBy: z.string().optional(),
  startedAt: timestamp,
  /** Objects that were read. */
  read: count,
  /** Lists and other things still to be read. */
  left: count,
  /** How often it was gone on with. */
  resumed: count,
  /** The progress that was put away last; absent before the first time. `digest` is of its text. */
  state: z.object({ generation: count, parts: count, digest: z.string() }).optional(),
  /** Of its report; absent until there is one. */
  scannedAt: timestamp.optional(),
  /** Why it ended as it did; what the step said. */
  reasons: z.array(reasonSchema),
});
export type ScanRun = z.infer<typeof scanRun>;

/** A part of something too large for one item. `owner` says of what. */
export const scanPart = z.object({ clusterKey: z.string(), owner: z.string(), part: count, text: z.string() });
