import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../../config/types.ts';
import type { Member, Wave } from '../../contracts/items/rollout.ts';
import { waveOf } from '../../policy/wave-of.ts';
import { worstCase } from '../../policy/wave-room.ts';
import { plannedWave, type RolloutPlan } from '../../rollout/plan-rollout.ts';
import { estimateSeconds } from '../../rollout/wave-limits.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { type Drawn, membersOf } from '../drawn.ts';
import { type Cost, costOf, sumOf } from './cost-of-waiting.ts';
import { instantOrNull, instantText } from './instant.ts';
import { pastWindows } from './past-windows.ts';
import type { PlanCluster, PlanWave } from './plan-schema.ts';

/** Every wave of every policy by the policy's name; one in which nobody needs work is listed without times. */
export function wavesOf(drawn: Drawn): { readonly waves: PlanWave[]; readonly cost: Cost } {
  const costs: Cost[] = [];
  const waves = [...drawn.rules.policies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { spec }]) => {
      const plan = drawn.plans.find(({ rollout }) => rollout.policy === name);
      return spec.waves.map((waveSpec, index) => shownWave(drawn, name, plan, waveSpec, index, costs));
    });
  return { waves, cost: sumOf(costs) };
}

function shownWave(
  drawn: Drawn,
  policyName: string,
  plan: RolloutPlan | undefined,
  spec: WaveSpec,
  index: number,
  costs: Cost[],
): PlanWave {
  const { input, rules, forward } = drawn;
  const policy = rules.policies.get(policyName);
  if (policy === undefined) throw new Error(`unreachable: there is no policy ${policyName}`);
  const members = plan === undefined ? [] : membersOf(plan).filter(({ waveIndex }) => waveIndex === index);
  const at = { rolloutId: plan?.rollout.id ?? policyName, index };
  const planned = plan?.waves[index] ?? plannedWave(input.snapshot, policy, at, spec, []);
  const lived = forward.fleet.waves.get(`${at.rolloutId}/${index}`);
  const own: Cost[] = [];
  const clusters = members.map((member, position) => shownCluster(drawn, policyName, member, position, own));
  costs.push(...own);
  const calendars = [spec.calendar ?? []].flat();
  const lives = members.map(({ clusterKey }) => forward.fleet.lived.get(clusterKey));
  const ends = lives.flatMap((one) => one?.endedAt ?? []);
  const done = ends.length > 0 && ends.length === members.length;
  const starts = lives.flatMap((one) => one?.startedAt ?? []);
  const soaks = spec.soak !== undefined && done && lived?.lastSuccessAt !== undefined;
  return {
    name: spec.name,
    policy: policyName,
    target: members.length === 0 ? null : newest(members),
    calendars,
    timeZone: rules.calendars.get(calendars[0] ?? '')?.timeZone ?? null,
    maxConcurrency: planned.maxConcurrency,
    maxFailures: planned.maxFailures,
    worstCase: worstCase(planned),
    canaries: Math.min(planned.canaries ?? 0, planned.needWork),
    estimateSeconds: estimateSeconds(policy, input.snapshot.learned),
    clusters,
    opensAt: clusters.length === 0 ? null : opened(lived),
    startsAt: starts.length === 0 ? null : instantText(starts.reduce((a, b) => Math.min(a, b))),
    endsAt: done ? instantText(ends.reduce((a, b) => Math.max(a, b))) : null,
    soakUntil: soaks
      ? instantText(Date.parse(lived.lastSuccessAt ?? '') + durationMilliseconds(spec.soak ?? '0s'))
      : null,
    hash: planned.planHash ?? '',
    costOfWaiting: sumOf(own),
  };
}

const opened = (wave: Wave | undefined): string | null =>
  wave?.openedAt === undefined ? null : instantText(new Date(wave.openedAt));

function shownCluster(drawn: Drawn, policyName: string, member: Member, index: number, costs: Cost[]): PlanCluster {
  const { input, rules, forward } = drawn;
  const { clusterKey, from, to } = member;
  const cluster = input.snapshot.clusters.get(clusterKey);
  const policy = rules.policies.get(policyName);
  if (cluster === undefined || policy === undefined) throw new Error(`unreachable: ${clusterKey} is in no inventory`);
  const lived = forward.fleet.lived.get(clusterKey);
  const hops = KubeVersion.parse(from)
    .hopsTo(KubeVersion.parse(to))
    .map((hop) => hop.toString());
  costs.push(costOf(from, hops, lived, input.now));
  return {
    name: cluster.name,
    accountId: cluster.account,
    region: cluster.region,
    from,
    to,
    hops,
    start: instantOrNull(lived?.startedAt),
    end: instantOrNull(lived?.endedAt),
    position: index + 1,
    // That a wave is not open says nothing: its opensAt tells when.
    reasons: [
      ...waveOf(policy, cluster, rules.fleet.tagPrefix).reasons,
      ...(forward.waited.get(clusterKey) ?? []).filter(({ code }) => code !== 'WavePending'),
      ...pastWindows(drawn, policyName, member, hops),
    ],
  };
}

const newest = (members: readonly Member[]): string =>
  members
    .map(({ to }) => KubeVersion.parse(to))
    .reduce((best, version) => (best.isOlderThan(version) ? version : best))
    .toString();
