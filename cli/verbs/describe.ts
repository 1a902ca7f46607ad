import { visible } from '../../core/model/visible.ts';
import { some } from '../../core/model/words.ts';
import { wayBackLine } from '../../core/policy/way-back-line.ts';
import { worstCaseLines } from '../../core/policy/worst-case.ts';
import type { PolicyView } from '../../core/queries/lists.ts';
import { targetWords } from '../../core/version/target.ts';
import { clusterParam, part } from '../client/paths.ts';
import { EXIT, Failure } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { facts, listed, print, relativeTime, section, shown } from '../output/print.ts';
import { clusterText } from './cluster-text.ts';
import { type Shown, shownAt } from './columns.ts';
import { deletedPolicy } from './deleted-policy.ts';
import { kindOf } from './kind.ts';
import { rolloutText } from './rollout-text.ts';

export async function describe(session: Session, text: string, name: string, { output }: OutputOption) {
  const kind = kindOf(text, ['clusters', 'rollouts', 'policies']);
  const client = await session.client();
  if (kind === 'clusters') {
    const cluster = await client.v1.clusters[':id'].$get({ param: clusterParam(name) });
    await print(session, output, cluster, () => clusterText(cluster, shownAt(session, client)));
  } else if (kind === 'policies') {
    const { items, deleted } = await client.v1.policies.$get();
    const policy = items.find((item) => item.name === name);
    if (policy === undefined)
      throw (
        deletedPolicy(name, deleted) ?? new Failure(`liftlock: there is no policy ${name}. Run: liftlock get policies`)
      );
    await print(session, output, policy, () => policyText(policy, shownAt(session, client)));
  } else {
    const param = { id: part(name) };
    const rollout = await client.whole('members', (query) => client.v1.rollouts[':id'].$get({ param, query }));
    await print(session, output, rollout, () => rolloutText(rollout, shownAt(session, client), session.io.columns));
  }
  return EXIT.ok;
}

type Spec = NonNullable<PolicyView['spec']>;

/** A policy in force, wave by wave, in words. */
function policyText(policy: PolicyView, { now }: Shown): string[] {
  const { name, spec } = policy;
  const applied = `${policy.appliedAt} (${relativeTime(policy.appliedAt, now)}) by ${policy.appliedBy}`;
  if (spec === null) {
    return [
      `${shown(name)} cannot be read by this version, so nothing happens under it.`,
      `Applied ${visible(applied)}`,
    ];
  }
  return [
    shown(name),
    '',
    ...facts([
      ['Target', shown(targetWords(spec.target))],
      ['Trigger', spec.trigger],
      ['Deadline', shown(deadlineWords(spec.deadline))],
      ['Clusters', clustersWords(policy)],
      ['Order', shown(spec.order.map(orderWords).join(', '))],
      ['Newest rollout', shown(policy.newestRollout ?? 'none')],
      ['Applied', visible(applied)],
    ]),
    ...section('Waves', spec.waves.map(waveLine)),
    ...listed('Way back', [wayBackLine({ metadata: { name }, spec })], (line) => line),
    ...listed('Worst case', worstCaseLines({ metadata: { name }, spec }, policy.clusters), (line) => line),
  ];
}

const orderWords = (by: Spec['order'][number]): string =>
  typeof by === 'string' ? by : `label ${by.label}${by.values === undefined ? '' : ` (${by.values.join(', ')})`}`;

function clustersWords({ clusters, ambiguousClusters, undecidedClusters }: PolicyView): string {
  const ambiguous = ambiguousClusters > 0 ? [`${ambiguousClusters} more are selected by other policies too`] : [];
  const undecided = undecidedClusters > 0 ? [`its expression has no answer for ${undecidedClusters}`] : [];
  return [`${clusters}`, ...ambiguous, ...undecided].join('; ');
}

function deadlineWords(deadline: Spec['deadline']): string {
  if (deadline === undefined) return 'none';
  if (typeof deadline === 'string') return deadline;
  const end = deadline.beforeEndOf === 'standardSupport' ? 'standard support' : 'extended support';
  return `${deadline.margin} before the end of ${end}`;
}

function waveLine(wave: Spec['waves'][number], index: number): string {
  const { approval, calendar, canaries, bake, watch, soak } = wave;
  const parts = [
    wave.clusters === undefined ? undefined : `clusters ${some(wave.clusters, 5)}`,
    canaries === undefined ? undefined : `${canaries} first`,
    `${wave.maxConcurrency} at once`,
    `${wave.failureBudget.maxFailures} may fail`,
    calendar === undefined ? undefined : `calendar ${[calendar].flat().join(' and ')}`,
    approval?.before === true ? `${approval.approvals} must approve` : undefined,
    bake === undefined ? undefined : `bake ${bake}`,
    watch === undefined ? undefined : `watch ${watch}`,
    soak === undefined ? undefined : `soak ${soak}`,
    wave.gates.length === 0 ? undefined : `gates: ${wave.gates.length}`,
    wave.requireReady === undefined ? undefined : `opens once all are ready by looks of the last ${wave.requireReady}`,
    wave.rollNodes === 'everyHop' ? undefined : 'nodes follow when skew requires',
    wave.mayOverrun ? 'may overrun its window' : undefined,
    wave.onUndecided === 'hold' ? undefined : 'passes undecided',
  ];
  return visible(`  ${index + 1}. ${wave.name}: ${parts.filter((part) => part !== undefined).join(', ')}`);
}
