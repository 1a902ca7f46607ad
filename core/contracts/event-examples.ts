import type { z } from 'zod';
import type { EVENT_DETAILS, EventType } from './events.ts';
import { quoted, reason } from './step-result.ts';

interface EventExample<Type extends EventType> {
  /** When the event is published; docs/events.md is generated from it. */
  readonly when: string;
  readonly detail: z.infer<(typeof EVENT_DETAILS)[Type]>;
}

const version = 1;
const cluster = {
  clusterKey: 'arn:aws:eks:eu-central-1:222222222222:cluster/checkout-prod@2025-03-01T09:00:00.000Z',
  cluster: 'arn:aws:eks:eu-central-1:222222222222:cluster/checkout-prod',
  account: '222222222222',
  region: 'eu-central-1',
} as const;
const rolloutId = 'standard-1-36-0a1b2c3d';
const upgrade = { ...cluster, upgradeId: '1.35-1.36' };

export const EVENT_EXAMPLES: { readonly [Type in EventType]: EventExample<Type> } = {
  VersionAvailable: {
    when: 'EKS offers a minor in a Region where it did not before. The first look at a Region is a baseline and tells nothing.',
    detail: { version, region: 'eu-central-1', kubernetesVersion: '1.37' },
  },
  SupportDeadlineApproaching: {
    when: 'The support of a cluster ends within 90, 60, 30 or 7 days: once for each.',
    detail: {
      version,
      ...cluster,
      kubernetesVersion: '1.34',
      support: 'standard',
      endsAt: '2026-12-02T00:00:00.000Z',
      daysLeft: 7,
      forced: false,
    },
  },
  PlannedChangeApproaching: {
    when: 'AWS Health has told of a change that AWS plans for a cluster or a part of it, and it comes within 90, 60, 30 or 7 days: once for each. An end of support comes as SupportDeadlineApproaching, with the date of AWS Health where that is sooner.',
    detail: {
      version,
      ...cluster,
      code: 'AWS_EKS_MAINTENANCE_SCHEDULED',
      event: 'arn:aws:health:eu-central-1::event/EKS/AWS_EKS_MAINTENANCE_SCHEDULED/0a1b2c3d',
      startsAt: '2026-12-02T02:00:00.000Z',
      daysLeft: 7,
    },
  },
  RollbackDeadlineApproaching: {
    when: 'EKS takes the control plane of a cluster back to the minor before, and will for 24 hours at most: once for each upgrade that Liftlock saw end.',
    detail: {
      version,
      ...cluster,
      kubernetesVersion: '1.36',
      to: '1.35',
      endsAt: '2026-11-26T03:12:00.000Z',
      hoursLeft: 23,
      reasons: [],
    },
  },
  ReadinessChanged: {
    when: 'The hourly look at the fleet has found something new in the way of the next minor of a cluster, or that what was in the way is gone: once for each. Its owners are told by OwnerNews.',
    detail: {
      version,
      ...cluster,
      target: '1.36',
      verdict: 'blocked',
      scannedAt: '2026-11-25T04:12:00.000Z',
      reasons: [
        {
          code: 'DrainStuck',
          message:
            'team-payments: PodDisruptionBudget payments/gateway never lets a pod of Deployment payments/gateway go.',
        },
      ],
    },
  },
  OwnerNews: {
    when: 'Once an hour, for each owner of whom there is news: a cluster became blocked or ready (of that it is the notice of ReadinessChanged), EKS moves it by force in less than 30 days, it has not had newer images or add-ons by when its policy wanted them, or its upgrade begins at an instant, at another one than was announced, or not then.',
    detail: {
      version,
      owner: 'team-payments',
      reference: 'news/2026-11-25T05:00:00.000Z/team-payments/0',
      news: [
        {
          ...cluster,
          what: 'blocked',
          target: '1.36',
          reasons: [
            {
              code: 'ScanFinding',
              message:
                'The scan of 2026-11-25T04:12:00.000Z for 1.36 found: pdb:payments/gateway (team-payments): PodDisruptionBudget payments/gateway never lets a pod go.',
            },
          ],
        },
      ],
      sentTo: 'arn:aws:sns:eu-central-1:111111111111:payments-upgrades',
    },
  },
  RolloutChanged: {
    when: 'A rollout is created, has another status, is planned anew (about: plan), waits for clusters that only a person can let go on (about: rest), or suspects other traits than before, since a person cleared some or a cluster of an earlier rollout was taken back (about: traits).',
    detail: {
      version,
      change: `rollout/${rolloutId}#41`,
      rolloutId,
      status: 'Halted',
      reasons: [
        {
          code: 'FailureBudgetExceeded',
          message: '1 upgrade of the wave dev failed and at most 0 may. The last one was checkout-dev.',
        },
      ],
    },
  },
  WaveChanged: {
    when: 'A wave has another status, was approved or rejected (about: approval), promoted, its gates say something else, or its limits are others.',
    detail: {
      version,
      change: `rollout/${rolloutId}#23`,
      rolloutId,
      wave: 'canary',
      status: 'Soaking',
      about: 'gates',
      reasons: [
        {
          code: 'GateRed',
          message:
            'The gate platform-errors of the wave canary is red: It is in ALARM. Its soak starts again when all are green.',
        },
      ],
    },
  },
  MemberChanged: {
    when: 'A cluster of a rollout is set aside, comes back or is left out, without an upgrade of it having ended.',
    detail: {
      version,
      change: `rollout/${rolloutId}#24`,
      ...cluster,
      rolloutId,
      wave: 'production',
      status: 'Quarantined',
      reasons: [{ code: 'Unreachable', message: 'It could not be described since 2026-11-20T08:00:00.000Z.' }],
    },
  },
  UpgradeChanged: {
    when: 'An upgrade of one cluster by one minor has ended or parked. Its steps tell that it runs.',
    detail: {
      version,
      change: `${cluster.clusterKey}#12`,
      ...upgrade,
      rolloutId,
      from: '1.35',
      to: '1.36',
      status: 'Parked',
      reasons: [{ code: 'WindowClosed', message: 'The calendar prod is closed until 2026-11-20T21:00:00.000Z.' }],
    },
  },
  StepChanged: {
    when: 'A step of an upgrade begins, waits or ends.',
    detail: { version, ...upgrade, step: 'upgrade-control-plane', status: 'done', reasons: [] },
  },
  DrainBlocked: {
    when: 'Pods stand in the way of a drain that Liftlock makes itself: once for each pod, within a minute.',
    detail: {
      version,
      ...cluster,
      upgradeId: 'drain-nodes-request-1',
      nodegroup: 'legacy',
      reasons: [
        reason(
          'DrainBudget',
          'Pod shop/api-5d9f (Deployment/api, team shop) has blocked node ip-10-0-1-2 for 1 min: budget api allows 0 disruptions. Give it room: maxUnavailable: 1, or more replicas unless it has maxUnavailable: 0 or minAvailable: 100%.',
        ),
      ],
    },
  },
  ClusterHeld: {
    when: 'An upgrade failed or was stopped from outside: nothing starts on its cluster until a person says so.',
    detail: {
      version,
      change: `${cluster.clusterKey}#13`,
      ...cluster,
      reasons: [quoted('PodEvictionFailure', 'A PodDisruptionBudget allows no eviction in shop/api.')],
    },
  },
  BreakGlassChanged: {
    when: 'A person lets a cluster or a wave go outside of its windows, asks for a second person to agree, or ends it.',
    detail: {
      version,
      change: `${cluster.clusterKey}#14`,
      of: 'cluster 222222222222.eu-central-1.checkout-prod',
      status: 'Opened',
      by: 'sso:111111111111/ana@example.com',
      reason: 'incident 4711',
      until: '2026-11-20T12:00:00.000Z',
    },
  },
  ConfigDeleted: {
    when: 'A person has taken a policy, a Calendar, a Channel or a waiver out of the configuration.',
    detail: {
      version,
      change: 'fleet#4',
      kind: 'UpgradePolicy',
      name: 'standard',
      by: 'role:111111111111/admin',
      reason: 'it is called default now',
    },
  },
  FleetStopped: {
    when: 'A person stopped the whole fleet.',
    detail: { version, change: 'fleet#5', by: 'role:111111111111/operator', reason: 'incident 4711' },
  },
  FleetResumed: {
    when: 'A person let the fleet go on.',
    detail: {
      version,
      change: 'fleet#6',
      by: 'role:111111111111/approver',
      lifted: [{ by: 'role:111111111111/operator', at: '2026-11-20T08:00:00.000Z', reason: 'incident 4711' }],
    },
  },
};
