import { TIERS } from '../core/queries/access-manifest.ts';
import { OUTPUT, secondsUpTo, type VerbOption, type Verbs } from './command/verb.ts';

const ANCHORS: VerbOption = [
  '--anchors <place>',
  's3://<bucket>, or a folder that holds audit/*.jsonl (default: LIFTLOCK_ANCHORS)',
];

/** The verbs for access, for the audit, and for this command line itself. */
export const OTHER_VERBS: Verbs = {
  access: { description: 'what Liftlock can read of the clusters, and what to grant' },
  'access check [cluster]': {
    description:
      'what Liftlock can and cannot read, and why (exit 4 when something needed cannot, or nobody has looked)',
    options: [
      ['--now', 'have the hub look: it scans the clusters that were not read in full, or the one that is named'],
      ['--wait-timeout <seconds>', 'how long to wait for these scans', { parse: secondsUpTo(86_400), default: 3_600 }],
      OUTPUT,
    ],
    load: async () => (await import('./verbs/access-check.ts')).accessCheck,
  },
  'access manifest [cluster]': {
    description:
      'access entries (or aws-auth lines) and RBAC that let Liftlock read, drain nodes, or ask hooks by Jobs (--tier)',
    options: [
      [
        '--tier <tier>',
        'look: what Liftlock reads; operate: what drains that it makes itself take; hooks: what Jobs of hooks take',
        { choices: TIERS, default: 'look' },
      ],
      OUTPUT,
    ],
    load: async () => (await import('./verbs/access-manifest.ts')).accessManifest,
  },
  audit: { description: 'the record of who did what: fleet, rollout/<id> or cluster/<name>' },
  'audit show <subject>': {
    description: 'print the record of one subject',
    load: async () => (await import('./audit/show.ts')).showAudit,
  },
  'audit verify [subject]': {
    description:
      'hold a record, or all of them, against the anchors, on this machine (exit 1 when one was changed, 3 when not all of it is proved)',
    options: [ANCHORS, ['--from <folder>', 'a folder that audit export wrote; nothing is asked of AWS'], OUTPUT],
    load: async () => (await import('./audit/verify.ts')).verifyAudit,
  },
  'audit export [subject]': {
    description: 'write a record, or all of them, with the anchors into a folder, to be verified anywhere',
    options: [['--to <folder>', 'where to', { required: true }], ANCHORS, OUTPUT],
    load: async () => (await import('./audit/export.ts')).exportAudit,
  },
  evidence: { description: 'one file that proves what happened: of an upgrade, a rollout or a period' },
  'evidence export': {
    description: 'write all that is on record of one upgrade, rollout or period into one HTML file, with its proofs',
    options: [
      ['--upgrade <cluster/hop>', 'one upgrade of one cluster: web/1.36-1.37', { conflicts: ['rollout', 'since'] }],
      ['--rollout <id>', 'one rollout, with all clusters in it', { conflicts: ['since'] }],
      ['--since <date>', 'a period, from 2026-07-01 on, or of the last 90d'],
      ['--until <date>', 'until then, itself not a day of it (default: now)'],
      ANCHORS,
      ['--redact <what>', 'people: pseudonyms in place of names and ARNs of people', { choices: ['people'] }],
      ['-o, --output <file>', 'where to (default: evidence-….html, here)'],
    ],
    load: async () => (await import('./evidence/export.ts')).exportEvidence,
  },
  'evidence verify <file>': {
    description:
      'judge an evidence file on this machine, without the table (exit 1 when it was changed, 3 when not all of it is proved)',
    options: [ANCHORS, OUTPUT],
    load: async () => (await import('./evidence/verify.ts')).verifyFile,
  },
  recover: {
    description: 'bring a table that was restored to an earlier point up to date from the audit (docs/runbook.md)',
    options: [
      ['--items <table>', 'name of the restored table', { required: true }],
      ['--audit <table>', 'name of the audit table', { required: true }],
      ['--restored-to <instant>', 'the point that it was restored to, RFC 3339', { required: true }],
      ['--mutators-off-since <instant>', 'since when no function can change anything, RFC 3339', { required: true }],
      ['--by <principal>', 'who does this, for the audit', { required: true }],
      ['--anchors <place>', 's3://<bucket> or a folder that the audit is held against (default: LIFTLOCK_ANCHORS)'],
      ['--accept-broken-audit', 'fold also records that somebody has changed, which is otherwise refused'],
      OUTPUT,
    ],
    load: async () => (await import('./verbs/recover.ts')).recover,
  },
  'completion <shell>': {
    description: 'print a completion script: source <(liftlock completion bash)',
    nouns: ['bash', 'zsh', 'fish'],
    options: [],
    load: async () => (await import('./verbs/completion.ts')).completion,
  },
  version: {
    description: 'print the version of this command line',
    load: async () => (await import('./verbs/version.ts')).version,
  },
};
