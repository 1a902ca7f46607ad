import { z } from 'zod';
import { FAIL_ON, LIVE_SOURCES } from '../../contracts/scan-words.ts';
import { componentSchema } from './component.ts';
import { drainSchema } from './drain.ts';
import { capsSchema } from './fleet.ts';
import { hookSchema } from './hook.ts';
import { labelSelectorSchema } from './label-selector.ts';
import { documentSchema, labelMap, listOf, matching, objectName, someOf, someText, textUpTo } from './names.ts';
import { nodesSchema } from './nodes.ts';
import { countOrShare, duration, durationMilliseconds, positiveDuration } from './quantities.ts';
import { ratesSchema } from './rates.ts';
import { silencesSchema } from './silence.ts';
import { targetSchema } from './target.ts';
import { alarmName, principalPatterns, waveSchema } from './wave.ts';

const testJobs = z
  .strictObject({
    name: objectName.describe('How they are told.'),
    namespace: objectName.describe('Where they are.'),
    labels: labelMap
      .refine((labels) => Object.keys(labels).length > 0, 'is empty: name the labels that the Jobs carry')
      .describe('Which Jobs: those that carry all of these. Jobs of a CronJob have the labels of its jobTemplate.'),
    wait: positiveDuration
      .refine((wait) => durationMilliseconds(wait) <= 2 * 3_600_000, 'is longer than 2h')
      .default('30m')
      .describe(
        'So long the smoke check waits at most for one that has begun after the hop to end, and where it has failed for another one, up to 2h: one run alone fails no hop.',
      ),
  })
  .describe('Of one test, however many Jobs run it one after the other.');

const testJobsSchema = someOf(testJobs, 5, 'tests', 'is empty: leave it out where no Jobs test the cluster')
  .refine(
    (jobs) => new Set(jobs.map(({ name }) => name)).size === jobs.length,
    'uses a name twice: results are told apart by it',
  )
  .describe('Jobs of your own that test what runs in the cluster, compared before and after a hop; absent = none.');

const deadlineError =
  'is not a deadline: write 2026-12-02 (that day 00:00 UTC), an instant such as 2026-12-02T18:00:00Z, or { beforeEndOf: standardSupport, margin: 14d }';

/** The instant by which every cluster of the policy should be at its target (plan.md, Deadline). */
const deadlineSchema = z
  .union(
    [
      matching(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/, deadlineError),
      z.strictObject({
        beforeEndOf: z
          .enum(['standardSupport', 'extendedSupport'])
          .describe('The earliest end of support among the versions that the clusters run.'),
        margin: duration.default('0s').describe('So long before it, such as 14d.'),
      }),
    ],
    deadlineError,
  )
  .describe(
    '2026-12-02 (that day 00:00 UTC, exclusive), an instant, or { beforeEndOf: standardSupport, margin: 14d }.',
  );

const cannotStartError =
  'is neither wait nor a time after which a cluster is left behind: write wait, or { leaveBehindAfter: 14d }';

const cannotStartSchema = z
  .union(
    [
      z.literal('wait', cannotStartError),
      z.strictObject({
        leaveBehindAfter: positiveDuration.describe('So long after its wave has opened, such as 14d.'),
      }),
    ],
    cannotStartError,
  )
  .describe(
    'What happens to a cluster whose calendars leave no opening for its upgrade within three years. wait: its wave waits for it, and all later waves do. { leaveBehindAfter: 14d }: it ends Blocked, and the others go on. Absent = wait.',
  );

const breakGlassSchema = z
  .strictObject({
    fourEyes: z
      .boolean()
      .default(false)
      .describe('Whether a second person has to agree before windows and freezes are passed over.'),
    from: principalPatterns('nobody could break the glass. Leave it out to let everybody who may call it')
      .optional()
      .describe('Who may, beside having the right to call the API; absent = everybody who has it.'),
  })
  .describe('Who may let a cluster or a wave go outside of its windows: liftlock break-glass.');

const orderByLabel = z
  .strictObject({
    label: someText(128).describe('A label of clusters.'),
    values: someOf(z.string(), 100, 'values')
      .optional()
      .describe('Its values, the first ones first; others come after them. Absent = numbers by size, then text.'),
  })
  .describe('Clusters without the label come last.');

const deployment = matching(
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
  'is not a deployment; write it as namespace/name',
).describe('namespace/name');

const smoke = z
  .strictObject({
    deployments: listOf(deployment, 100, 'deployments')
      .default([])
      .describe('Deployments that must be there before a hop, and available after an upgrade.'),
    urls: listOf(
      textUpTo(2048).describe("An https URL of a public or allowed host; {cluster} stands for the cluster's name."),
      20,
      'URLs',
    )
      .default([])
      .describe('URLs that must answer with success after an upgrade.'),
    jobs: testJobsSchema.optional(),
    rates: ratesSchema.optional(),
  })
  .default({ deployments: [], urls: [] })
  .describe('What must work after an upgrade, beside the cluster itself.');

const source = z.enum(LIVE_SOURCES, `is no source of a scan; there are ${LIVE_SOURCES.join(', ')}`);

const waiverRule = z.strictObject({
  checks: someOf(someText(300), 100, 'checks', 'is empty: leave it out where it is about every check')
    .optional()
    .describe(
      'By the rule of the finding, or its reason where it has none, such as DrainStuck or removed; * stands for any text. Absent = all.',
    ),
  from: principalPatterns('nobody could waive anything. Leave it out to let everybody who may apply')
    .optional()
    .describe('Who must have applied the waiver; absent = whoever may.'),
  longest: positiveDuration.optional().describe('The waiver must end so soon after it was applied, such as 30d.'),
});

const scan = z
  .strictObject({
    skip: z
      .array(source)
      .refine((skipped) => new Set(skipped).size === skipped.length, 'names a source twice')
      .max(LIVE_SOURCES.length)
      .default([])
      .describe('Sources that are left out on purpose: helm where Liftlock may not read Secrets.'),
    failOn: z
      .enum(FAIL_ON)
      .default('removed')
      .describe('What stops an upgrade. removed: findings of severity error. deprecated: warnings too. none: nothing.'),
    alarms: someOf(alarmName, 20, 'alarms', 'is empty: leave it out where no alarm is asked about')
      .optional()
      .describe(
        'CloudWatch alarms that must be OK before each hop, and are compared after it, by name (beside Liftlock) or ARN; {cluster} stands for the name of the cluster; absent = none.',
      ),
    urls: someOf(
      textUpTo(2048).describe("An https URL of a public or allowed host; {cluster} stands for the cluster's name."),
      20,
      'URLs',
      'is empty: leave it out where no URL has to answer',
    )
      .optional()
      .describe('URLs that must answer with success before each hop; absent = none.'),
    backups: z
      .strictObject({
        velero: z
          .strictObject({
            within: positiveDuration.describe(
              'A backup must have completed within this time before a hop, such as 24h.',
            ),
            namespace: objectName.default('velero').describe('The namespace that Velero keeps its backups in.'),
          })
          .optional()
          .describe('Backups that Velero makes in the cluster.'),
        awsBackup: z
          .strictObject({
            within: positiveDuration.describe('A whole backup must have begun within this time before a hop.'),
            vault: matching(/^[a-zA-Z0-9_-]{2,50}$/, 'is not the name of a vault of AWS Backup').describe(
              "The vault that has them, in the cluster's account and Region.",
            ),
          })
          .optional()
          .describe('Backups that AWS Backup makes of the cluster.'),
      })
      .refine(
        (backups) => Object.keys(backups).length > 0,
        'names no backup: say velero or awsBackup, or leave it out where none is asked for',
      )
      .optional()
      .describe('Which backups of the cluster must be there before each hop, each that is named; absent = none.'),
    waivers: listOf(waiverRule, 20, 'rules')
      .optional()
      .describe(
        'Which applied ScanWaivers hold here: those that one of these allows for a finding; an empty list allows none. Absent = all.',
      ),
    versionOwner: z
      .enum(['warn', 'hold'])
      .default('warn')
      .describe(
        'What a cluster means that a tool has made which knows its version (Terraform, CloudFormation, eksctl, Cluster API, Crossplane, ACK, Argo CD). warn: a warning. hold: it is not upgraded until that is waived.',
      ),
  })
  .default({ skip: [], failOn: 'removed', versionOwner: 'warn' })
  .describe('How clusters are scanned for removed APIs before each hop.');

/** The hooks of components wait in an execution that ends after a day, beside hooks of steps that may take twelve hours. */
const waitOf = (components: readonly z.output<typeof componentSchema>[]): number =>
  components.reduce((sum, { hook, timeout }) => sum + (hook === undefined ? 0 : durationMilliseconds(timeout)), 0);

/** Liftlock keeps eight releases of each image, and AWS publishes about one a week (core/inventory/watch-versions.ts). */
const MOST_DAYS = 42;

const patchSchema = z
  .strictObject({
    nodes: z
      .strictObject({
        minAge: positiveDuration
          .refine(
            (age) => durationMilliseconds(age) <= MOST_DAYS * 86_400_000,
            `is longer than ${MOST_DAYS}d: older releases are not kept`,
          )
          .optional()
          .describe('A release of an image is taken once it has been out for so long, such as 3d; absent = at once.'),
        maxAge: positiveDuration
          .optional()
          .describe(
            'A group is rolled once its own release is older than that and a newer one may be taken, such as 30d; absent = as soon as a newer one may be.',
          ),
      })
      .optional()
      .describe(
        'Managed node groups whose image EKS chooses: to which release of it they go, and when; absent = none, and hops bring the newest one.',
      ),
    addons: z
      .strictObject({
        minAge: positiveDuration
          .optional()
          .describe(
            'A version of an add-on is taken once Liftlock has known it for so long, such as 3d: EKS does not tell when it was published; absent = at once.',
          ),
      })
      .optional()
      .describe(
        'Add-ons that EKS manages: those that are older than the default of their minor go to that; absent = none.',
      ),
    within: positiveDuration
      .optional()
      .describe(
        'So long after something newer is there it is to be taken, such as 30d: later it is told as overdue. Absent = nothing is.',
      ),
  })
  .refine(
    (patch) => patch.nodes !== undefined || patch.addons !== undefined,
    'names nothing that is brought up to date: say nodes or addons, or leave it out',
  )
  .refine(
    ({ within, nodes, addons }) =>
      [nodes?.minAge, addons?.minAge].every(
        (age) => !within || !age || durationMilliseconds(age) < durationMilliseconds(within),
      ),
    { message: 'is over before minAge lets anything be taken', path: ['within'] },
  )
  .describe(
    'What rollouts bring up to date while the minor stays: in the same waves and windows, with the same approvals and budgets. Absent = nothing.',
  );

export const rollbackSchema = z.strictObject({
  automatic: z
    .boolean()
    .default(false)
    .describe(
      'Whether a cluster that its hop has left worse than it was goes back by itself: one at a time in a wave, two in a rollout.',
    ),
  windows: z
    .enum(['ignore', 'obey'])
    .default('ignore')
    .describe('Whether a rollback keeps to the calendars of its cluster.'),
  extendSupport: z
    .boolean()
    .default(false)
    .describe(
      'Whether a cluster whose support type is STANDARD is set to EXTENDED where it goes back to a minor in extended support, which EKS asks for. That costs $0.50 an hour more until it is upgraded again; Liftlock never sets it back.',
    ),
  autoModeTimeout: positiveDuration
    .refine(
      (timeout) => durationMilliseconds(timeout) >= 2 * 3_600_000 && durationMilliseconds(timeout) <= 20 * 3_600_000,
      // EKS accepts up to seven days, but the state machine of a step ends after one.
      'is not within 2h and 20h: EKS takes no less, and a step of Liftlock has a day',
    )
    .optional()
    .describe(
      'So long EKS lets the node pools of a cluster in Auto Mode take their nodes back before it gives up, 2h to 20h; absent = 12h, as EKS has it.',
    ),
});

export const upgradePolicySchema = documentSchema(
  'UpgradePolicy',
  z
    .strictObject({
      selector: labelSelectorSchema,
      target: targetSchema,
      trigger: z
        .enum(['automatic', 'manual'])
        .default('manual')
        .describe(
          'automatic: a rollout begins when the target moves. manual: only `liftlock rollout create` begins one.',
        ),
      finish: z
        .enum(['never', 'propose', 'always'])
        .default('propose')
        .describe(
          'What happens to node groups and add-ons that are behind a control plane that is at its target. never: nothing. propose: explain and the plan show them, and `liftlock rollout create POLICY --finish` takes them in. always: every rollout does.',
        ),
      patch: patchSchema.optional(),
      cannotStart: cannotStartSchema.optional(),
      deadline: deadlineSchema.optional(),
      order: z
        .array(
          z.union(
            [z.enum(['deadline', 'cost', 'risk', 'name']), orderByLabel],
            'is none of deadline, cost, risk, name, and no label',
          ),
        )
        .min(1, 'is empty')
        .refine(
          (keys) =>
            new Set(keys.map((key) => (typeof key === 'string' ? key : `label ${key.label}`))).size === keys.length,
          'names something twice',
        )
        .default(['deadline', 'cost', 'risk', 'name'])
        .describe(
          'Which clusters go first inside a wave: the nearest end of support, the most dollars a day for being late, the fewest warnings, the name, or the value of a label.',
        ),
      breakGlass: breakGlassSchema.optional(),
      caps: capsSchema
        .default({})
        .describe(
          'How many upgrades may run, all of the fleet counted, for one of this policy to begin. They only tighten the caps of the Fleet.',
        ),
      estimates: z
        .strictObject({ upgrade: positiveDuration.optional().describe('How long one hop of one cluster takes.') })
        .default({})
        .describe('How long things take; absent = learned from what this fleet has done, 60m before that.'),
      verification: z
        .enum(['full', 'eks-api'])
        .default('full')
        .describe('eks-api: for clusters whose API server Liftlock cannot reach; less is checked.'),
      nodes: nodesSchema.optional(),
      disruption: z
        .strictObject({
          maxUnavailable: countOrShare('nodes').describe(
            'Nodes of a cluster that may be down at once (NotReady, cordoned or terminating), whoever took them: rolls of node groups and drains keep to it. A share is rounded down, at least 1. It only tightens what drain and nodes.updateConfig say.',
          ),
          pause: duration
            .default('0s')
            .describe('Time between the end of one node group, or of one drained node, and the beginning of the next.'),
        })
        .optional()
        .describe('How many nodes of a cluster may be down at once. Absent = only what drain says is counted.'),
      drain: drainSchema.optional(),
      scan,
      smoke,
      hooks: listOf(hookSchema, 20, 'hooks')
        .optional()
        .describe('Who is asked before and after steps. A hook can only delay or forbid: no check is left out for it.'),
      silences: silencesSchema.optional(),
      components: listOf(componentSchema, 20, 'components')
        .refine(
          (all) => waitOf(all) <= 8 * 3_600_000,
          'may wait for hooks for more than 8 hours together: shorten timeout',
        )
        .optional()
        .describe(
          'What else in the clusters has a version for each minor, in the order in which it is moved: cluster-autoscaler, ingress controllers, releases of Helm. Absent = none.',
        ),
      rollback: rollbackSchema
        .default({ automatic: false, windows: 'ignore', extendSupport: false })
        .describe('How a cluster goes back to the minor before.'),
      waves: someOf(waveSchema, 50, 'waves', 'is empty: a policy needs at least one wave').describe(
        'The waves, in order.',
      ),
    })
    .describe('Which clusters go where, and how.'),
).describe('How a part of the fleet is upgraded.');
