import { LIVE_SOURCES } from '../../core/contracts/scan-words.ts';
import { visible } from '../../core/model/visible.ts';
import { drainCoverage, drainObservations } from '../../core/scan/drain/observe-drains.ts';
import { simulateDrain } from '../../core/scan/drain/simulate-drain.ts';
import { coverageOf } from '../../core/scan/live/keep.ts';
import { isGap } from '../../core/scan/report/verdict.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { listed, print, section, tableLines } from '../output/print.ts';
import { readLive } from '../scan/collect-live.ts';

export interface ReadinessOptions extends OutputOption {
  readonly to?: string;
  readonly selector?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly requestsPerSecond: number;
}

/**
 * Whether the nodes of a cluster's managed groups can be drained, read from the cluster itself without changing it. `incomplete` where any needed
 * part could not be read.
 */
export async function liveReadiness(session: Session, options: ReadinessOptions): Promise<ExitCode> {
  const { io } = session;
  const skip = LIVE_SOURCES.filter((source) => source !== 'drain');
  const { state, context, left } = await readLive(io, { ...options, skip });
  const { drain } = state.facts;
  const gaps = [...coverageOf(state), ...drainCoverage(state), ...left].filter(isGap);
  const nodes = drain.nodes.filter(({ nodegroup }) => nodegroup !== undefined);
  const answer = simulateDrain(drain, new Set(gaps.length === 0 ? nodes : []), io.now());
  const problems = drainObservations(answer, drain);
  const groups = [...Map.groupBy(answer.nodes, ({ nodegroup = '' }) => nodegroup)].map(([name, members]) => {
    const count = (verdict: string) => members.filter((node) => node.verdict === verdict).length;
    return { name, drains: count('drains'), uncertain: count('uncertain'), stuck: count('stuck') };
  });
  const verdict = gaps.length > 0 ? 'incomplete' : answer.verdict;
  const document = {
    cluster: context.context,
    verdict,
    nodes: answer.nodes,
    groups,
    problems: problems.map(({ rule, severity, subject, owner, message, fix, evidence }) => {
      return { rule, severity, subject, owner: owner ?? null, message, fix, evidence };
    }),
    gaps: gaps.map(({ what, detail }) => ({ what, detail })),
  };
  await print(session, options.output, document, () => [
    `${visible(context.context)}: ${verdict}`,
    '',
    ...tableLines(
      ['GROUP', 'DRAIN', 'UNCERTAIN', 'STUCK', 'LONGEST'],
      groups.map(({ name, drains, uncertain, stuck }) => {
        const own = answer.nodes.filter(({ nodegroup }) => nodegroup === name);
        const longest = Math.max(0, ...own.map(({ seconds }) => seconds));
        return [visible(name), String(drains), String(uncertain), String(stuck), `${longest} s a node`];
      }),
    ),
    ...section(
      'What is in the way',
      problems.flatMap(({ rule, message, owner, fix, evidence }) => [
        visible(`  ${rule}: ${message}`),
        ...(owner === undefined ? [] : [visible(`    owner: ${owner}`)]),
        ...evidence.map((line) => visible(`    ${line}`)),
        visible(`    fix: ${fix}`),
      ]),
    ),
    ...listed('Not read', gaps, ({ what, detail }) => `${what}: ${detail}`),
  ]);
  if (answer.verdict === 'stuck') return EXIT.blocked;
  return verdict === 'drains' ? EXIT.ok : EXIT.incomplete;
}
