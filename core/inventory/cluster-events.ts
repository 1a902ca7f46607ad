import { z } from 'zod';
import { MUTATING_FUNCTIONS, spokeSessionName } from '../contracts/names.ts';
import { given } from '../model/given.ts';
import type { ClusterItem } from '../ports/outside.ts';

const calledEvent = z.object({
  account: z.string(),
  region: z.string(),
  detail: z.object({
    eventName: z.string(),
    errorCode: z.string().optional(),
    requestParameters: z.object({ name: z.string().optional(), clusterName: z.string().optional() }).nullish(),
    userIdentity: z.object({ arn: z.string().optional() }).nullish(),
  }),
});

const healthEvent = z.object({
  /** When it was sent. */
  time: z.string().optional(),
  detail: z.object({
    /** It becomes part of a key of the table (DeadlineNotice), and DynamoDB limits a key to 1024 bytes. */
    eventArn: z.string().max(800).optional(),
    eventTypeCode: z.string().optional(),
    eventTypeCategory: z.string().optional(),
    /** `Wed, 31 Jan 2024 02:00:00 GMT` */
    startTime: z.string().optional(),
    lastUpdatedTime: z.string().optional(),
    statusCode: z.string().optional(),
    affectedEntities: z.array(z.object({ entityValue: z.string(), status: z.string().optional() })).default([]),
  }),
});
type HealthDetail = z.infer<typeof healthEvent>['detail'];
/** ARNs of one cluster and of its parts: those that still await the change, and those that do not. */
type NamedEntities = Record<'affectedEntities' | 'resolved', string[]>;

function instantOf(text = ''): string | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/**
 * The clusters that a forwarded CloudTrail or Health event is about; empty when it names none. After such an event Liftlock looks sooner. What AWS
 * plans comes only in these events.
 */
export function clusterItemsFromEvent(event: unknown): ClusterItem[] {
  const called = calledEvent.safeParse(event);
  if (called.success) {
    const { account, region, detail } = called.data;
    const name = detail.requestParameters?.clusterName ?? detail.requestParameters?.name;
    if (name === undefined || detail.errorCode !== undefined) return [];
    return [{ account, region, name, depth: isOwn(detail.userIdentity?.arn) ? 'shallow' : 'deep' }];
  }
  const health = healthEvent.safeParse(event);
  if (!health.success) return [];
  const { detail, time } = health.data;
  const toldAt = [detail.lastUpdatedTime, time].map(instantOf).find((one) => one !== undefined);
  const clusters = new Map<string, NamedEntities & { readonly item: ClusterItem }>();
  for (const { entityValue, status } of detail.affectedEntities) {
    const item = clusterOfEntity(entityValue);
    if (item === undefined) continue;
    const key = `${item.account}/${item.region}/${item.name}`;
    const known = clusters.get(key) ?? { item, affectedEntities: [], resolved: [] };
    clusters.set(key, known);
    (status === 'RESOLVED' ? known.resolved : known.affectedEntities).push(entityValue);
  }
  return [...clusters.values()].map(({ item, ...named }) => ({
    ...item,
    ...plannedIn(detail, { ...named, ...given({ toldAt }) }),
  }));
}

/** The change that AWS schedules; absent where its date cannot be read. */
function plannedIn(
  detail: HealthDetail,
  told: NamedEntities & { readonly toldAt?: string },
): Pick<ClusterItem, 'planned'> {
  const { eventArn: event, eventTypeCode: code, eventTypeCategory, startTime, statusCode } = detail;
  const at = instantOf(startTime);
  if (eventTypeCategory !== 'scheduledChange' || event === undefined || code === undefined || at === undefined)
    return {};
  return { planned: { event, code, at, ...told, over: statusCode === 'closed' } };
}

/** `cluster/<cluster>`, or a part of one: `nodegroup/<cluster>/<name>/<uuid>`, and the same for add-ons and Fargate profiles. */
const ENTITY =
  /^arn:[^:]+:eks:(?<region>[^:]+):(?<account>\d{12}):(?:cluster\/(?<cluster>[^/]+)|(?:nodegroup|addon|fargateprofile)\/(?<owner>[^/]+)\/.+)$/;

/**
 * The cluster that an entity of AWS Health is or belongs to. The entity's ARN names its account and Region, because the event has those that received
 * it (https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html).
 */
function clusterOfEntity(arn: string): ClusterItem | undefined {
  const { region, account, cluster, owner } = ENTITY.exec(arn)?.groups ?? {};
  const name = cluster ?? owner;
  if (region === undefined || account === undefined || name === undefined) return undefined;
  return { account, region, name, depth: 'shallow' };
}

const OWN_SESSIONS: ReadonlySet<string> = new Set(MUTATING_FUNCTIONS.map(spokeSessionName));

/**
 * Whether Liftlock made the call itself. Such a call only means that its own work has begun. The function that does this work looks at EKS, and the
 * inventory reads the whole cluster when the upgrade ends (core/steps/conclude-upgrade.ts).
 */
function isOwn(arn: string | undefined): boolean {
  const [, session] = arn?.match(/:assumed-role\/[^/]+\/([^/]+)$/) ?? [];
  return session !== undefined && OWN_SESSIONS.has(session);
}
