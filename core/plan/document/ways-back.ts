import type { ClusterRecord } from '../../contracts/items/cluster.ts';
import type { Member } from '../../contracts/items/rollout.ts';
import { SEVEN_DAYS, wayBack } from '../../model/way-back.ts';
import type { KubeVersion } from '../../version/kube-version.ts';
import { SupportCalendar } from '../../version/support-calendar.ts';
import { type Drawn, hopsOf, membersOf } from '../drawn.ts';
import type { Lived } from '../virtual-fleet.ts';
import { instantText } from './instant.ts';
import type { PlanDocument } from './plan-schema.ts';

const HOUR = 3_600_000;
const CALENDAR = SupportCalendar.builtIn();

/** How much a plan leaves of the seven days in which EKS takes one hop back (facts: eks.md §3.2); instants in milliseconds since 1970. */
interface WayBack {
  readonly cluster: ClusterRecord;
  readonly to: KubeVersion;
  readonly from: number;
  readonly until: number;
  readonly endedBy: 'nextHop' | 'support' | undefined;
}

/** For each policy, how long its hops can be taken back: EKS takes back the last hop of a cluster alone, and for seven days at most. */
export function waysBackOf(drawn: Drawn): PlanDocument['waysBack'] {
  return drawn.plans.flatMap((plan) => {
    const all = membersOf(plan).flatMap((member) => waysBackOfMember(drawn, member));
    const [shortest] = all.toSorted((a, b) => a.until - a.from - (b.until - b.from));
    if (shortest === undefined) return [];
    const { cluster, to, from, until, endedBy } = shortest;
    const { name, account: accountId, region } = cluster;
    const closed = all.reduce((sum, one) => sum + SEVEN_DAYS - (one.until - one.from), 0);
    return {
      policy: plan.rollout.policy,
      hops: all.length,
      cutShort: all.filter((one) => one.endedBy !== undefined).length,
      closedHours: hours(closed),
      shortest: {
        ...{ name, accountId, region, to: to.toString(), hours: hours(until - from) },
        ...{ from: instantText(from), until: instantText(until), endedBy: endedBy ?? 'sevenDays' },
      },
    };
  });
}

const hours = (milliseconds: number): number => Math.round((milliseconds / HOUR) * 10) / 10;

function waysBackOfMember({ input, forward }: Drawn, member: Member): WayBack[] {
  const lived = forward.fleet.lived.get(member.clusterKey);
  const cluster = input.snapshot.clusters.get(member.clusterKey);
  if (lived === undefined || cluster === undefined) return [];
  return hopsOf(member).flatMap((to, hop): WayBack[] => {
    const from = movedAt(lived, hop);
    if (from === undefined) return [];
    const completedAt = new Date(from);
    const { until = completedAt, isCut } = wayBack(to.previous(), {
      ...{ completedAt, now: completedAt, calendar: CALENDAR },
      ...{ name: cluster.name, region: cluster.region, supportType: cluster.supportType },
    });
    const next = lived.runs.find((run) => run.hop === hop + 1)?.from;
    const endsWithNext = next !== undefined && next < until.getTime();
    const endedBy = endsWithNext ? 'nextHop' : isCut ? 'support' : undefined;
    return [{ cluster, to, from, until: endsWithNext ? next : until.getTime(), endedBy }];
  });
}

/** When the control plane is expected to have moved: at the end of the work before a bake, or half-way through the hop, since nobody knows more. */
function movedAt({ runs }: Lived, hop: number): number | undefined {
  const own = runs.filter((run) => run.hop === hop);
  const [first] = own;
  if (first === undefined) return undefined;
  return own.length > 1 ? first.to : (first.from + first.to) / 2;
}
