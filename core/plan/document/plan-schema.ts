import { z } from 'zod';
import { apiVersion } from '../../config/kinds.ts';
import { reasonSchema } from '../../contracts/items/common.ts';
import { READINESS_VERDICTS } from '../../contracts/scan-words.ts';
import { EXCLUSIONS } from './exclusions.ts';
import { LIMIT_KINDS } from './limit-kinds.ts';

const instant = z.iso.datetime();
const instantOrNone = instant.nullable();
const reasons = z.array(reasonSchema);
const dollars = z.number();

const waiting = z.object({
  perDayNow: dollars.describe('Dollars of extended support a day, as things are now.'),
  untilDone: dollars.describe('Dollars of extended support from now until the planned ends.'),
  avoided: dollars.describe(
    'Dollars of extended support saved by the plan: what staying would cost until the extended support of today’s version ends, less what the plan costs in that time.',
  ),
});

const cluster = z.object({
  name: z.string().describe('Its name in EKS.'),
  accountId: z.string().describe('Its AWS account.'),
  region: z.string().describe('Its Region.'),
  from: z.string().describe('The minor that it runs.'),
  to: z.string().describe('The minor that it is taken to.'),
  hops: z.array(z.string()).describe('The target minor of each hop, in order.'),
  start: instantOrNone.describe('When its first hop starts; null = never, as things are.'),
  end: instantOrNone.describe('When its last hop has ended; null = never, as things are.'),
  readiness: z
    .enum(READINESS_VERDICTS)
    .describe(
      'Whether it may go all the way by the last looks that the inventory tells; without one it is incomplete, after a day stale.',
    ),
  position: z.int().positive().describe('Its place in the order of its wave, counted from 1.'),
  reasons: reasons.describe(
    'Why it is in this wave, what it waits for last before it starts, and what of it runs past its window.',
  ),
});

const wave = z.object({
  name: z.string().describe('Its name in the policy.'),
  policy: z.string().describe('The policy that it belongs to.'),
  target: z
    .string()
    .nullable()
    .describe('The newest minor that a cluster of it is taken to; null when none of its clusters needs work.'),
  calendars: z.array(z.string()).describe('The calendars that must be open.'),
  timeZone: z.string().nullable().describe('The zone of the first of them; null = it has none.'),
  maxConcurrency: z.int().describe('So many of its clusters at once; with countInFlight no more than may fail.'),
  maxFailures: z.int().describe('More failures than this halt it.'),
  worstCase: z.int().describe('So many of its clusters fail at worst: the budget, and all that are in flight then.'),
  canaries: z.int().describe('So many go first, one after the other.'),
  estimateSeconds: z.number().describe('What one hop is taken to last.'),
  clusters: z.array(cluster).describe('Its clusters in their order.'),
  opensAt: instantOrNone.describe('When it may begin: the waves before it have soaked.'),
  startsAt: instantOrNone.describe('When its first cluster starts.'),
  endsAt: instantOrNone.describe('When its last cluster has ended.'),
  soakUntil: instantOrNone.describe('When it has soaked; null = it does not soak.'),
  hash: z.string().describe('What an approval of it binds to.'),
  costOfWaiting: waiting.describe('Extended support of its clusters.'),
});

const stalled = z.object({
  policy: z.string().describe('The policy that the wave belongs to.'),
  wave: z.string().describe('Its name.'),
  clusters: z.array(z.string()).describe('Names of its clusters whose calendars leave no opening for the upgrade.'),
  holds: z.array(z.string()).describe('Names of the waves after it, which wait with it.'),
  leavesAt: instantOrNone.describe('When it leaves them behind; null = never, or it does not open either.'),
  message: z.string().describe('All of it in words, and what lets it pass.'),
});

const running = z.object({
  policy: z.string().describe('The policy whose rollout it is.'),
  clusters: z.array(z.string()).describe('Names of its clusters with which that had not done.'),
  message: z.string().describe('All of it in words, and where the true dates are.'),
});

const deadline = z.object({
  policy: z.string().describe('The policy that has it.'),
  at: instantOrNone.describe(
    'The instant by which every cluster is to be done; null = the support of all is over already, nobody knows until when it goes, or it is that of no cluster.',
  ),
  source: z.string().describe('How the policy says it.'),
  endsAt: instantOrNone.describe('When the last of its clusters has ended; null = never, or none of them goes.'),
  feasible: z.boolean().describe('Whether that is before the deadline; true where none of them goes.'),
  overdue: z
    .array(z.object({ name: z.string(), accountId: z.string(), region: z.string(), at: instant }))
    .describe('Clusters whose support is over: with one of them the deadline is missed.'),
});

const wayBack = z.object({
  policy: z.string().describe('The policy whose hops these are.'),
  hops: z.int().describe('How many hops the plan has of it, of those that begin.'),
  cutShort: z
    .int()
    .describe('How many of them EKS takes back for less than seven days: the next hop begins, or support ends.'),
  closedHours: z.number().describe('Hours of the seven days of each that are lost by that, together.'),
  shortest: z
    .object({
      name: z.string(),
      accountId: z.string(),
      region: z.string(),
      to: z.string().describe('The minor that the hop leads to.'),
      from: instant.describe('When its control plane is taken to have moved.'),
      until: instant.describe('When EKS takes it back no more.'),
      hours: z.number().describe('Between these.'),
      endedBy: z.enum(['nextHop', 'support', 'sevenDays']).describe('What ends it.'),
    })
    .describe('The hop that can be taken back for the shortest time.'),
});

/** What `liftlock plan -o json` prints. Instants are RFC 3339 UTC. */
export const rolloutPlanSchema = z
  .object({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('RolloutPlan'),
    now: instant.describe('The instant from which it is planned.'),
    stalled: z
      .array(stalled)
      .default([])
      .describe('Waves that wait for clusters that never start, and what waits for them.'),
    running: z
      .array(running)
      .default([])
      .describe(
        'Rollouts that were under way when the inventory was printed: the dates of their policies are not theirs.',
      ),
    waves: z
      .array(wave)
      .describe('Every wave of every policy, in their order; one without clusters that need work has no times.'),
    excluded: z
      .array(
        z.object({
          name: z.string(),
          accountId: z.string(),
          region: z.string(),
          reason: z.enum(Object.keys(EXCLUSIONS) as [keyof typeof EXCLUSIONS]),
          message: z.string(),
        }),
      )
      .describe('Every cluster that is in no wave, and why.'),
    deadline: instantOrNone.describe(
      'The earliest deadline of the policies of which clusters go, or where none do of all; null = none.',
    ),
    deadlines: z.array(deadline).describe('The deadline of each policy that has one.'),
    feasible: z.boolean().describe('Whether every cluster ends, and every deadline is met.'),
    limitedBy: z
      .object({
        kind: z.enum(Object.keys(LIMIT_KINDS) as [keyof typeof LIMIT_KINDS]),
        name: z.string().nullable().describe('What of this kind: a cap, a wave, a window or freeze with its calendar.'),
        change: z.string().describe('The smallest change of it with which the plan is feasible.'),
      })
      .nullable()
      .describe('What makes it infeasible; null when it is feasible.'),
    eta: z
      .object({
        p50: instantOrNone.describe('Half of the runs were done by then; null = half or more halt.'),
        p90: instantOrNone.describe('Nine of ten runs were done by then; null = more than one in ten halts.'),
        runs: z.int().describe('How many runs it rests on.'),
        unfinished: z.int().describe('How many of them halted, or were not done for another reason.'),
        seed: z.int().describe('What chance was drawn from.'),
      })
      .describe('When all is done, durations and failures drawn by chance.'),
    costOfWaiting: waiting.describe('Extended support of all clusters in waves, at list price.'),
    waysBack: z
      .array(wayBack)
      .default([])
      .describe(
        'For how long EKS takes hops back, for each policy that makes some: the last one of a cluster, for seven days.',
      ),
    assumptions: z.array(z.string()).describe('What was taken for granted.'),
    binding: z.boolean().describe('Whether the hashes bind approvals: every cluster of the inventory has createdAt.'),
    hash: z.string().describe('Over the hashes of the waves.'),
  })
  .describe('What would happen, with dates, if these policies were in force.');

export type PlanDocument = z.infer<typeof rolloutPlanSchema>;
export type PlanWave = PlanDocument['waves'][number];
export type PlanCluster = PlanWave['clusters'][number];
