import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { counted, some } from '../model/words.ts';
import {
  PROBES,
  type ProbeVerdict,
  type RateVerdict,
  type StateVerdict,
  sourceOf,
  type Worsened,
} from './probe-verdict.ts';

export interface Worse {
  readonly worse: boolean;
  /** The failed verdicts, whether or not they are enough. */
  readonly because: Reason[];
}

/**
 * Whether a cluster is worse than before: one hard state failed, or two others with independent sources did. Inconclusive verdicts never count,
 * because an automatic rollback asks nobody.
 */
export function isWorse(verdicts: readonly ProbeVerdict[]): Worse {
  const failed = verdicts.filter(({ result }) => result === 'fail');
  const sources = new Set(failed.map(sourceOf));
  const worse = failed.some(({ probe }) => PROBES[probe].isHard) || sources.size >= 2;
  return { worse, because: failed.flatMap((one) => withoutPods(one, failed)).map(verdictReason) };
}

/** What has failed of its own, by name, with the code of its probe. Rates have no names. */
export function worsened(verdicts: readonly ProbeVerdict[]): (Worsened & { readonly code: ReasonCode })[] {
  const failed = verdicts.filter(({ result }) => result === 'fail');
  return failed
    .flatMap((one) => withoutPods(one, failed))
    .flatMap((one) =>
      one.kind === 'state' ? one.figures.named.map((named) => ({ ...named, code: PROBES[one.probe].code })) : [],
    );
}

/** Pods show why a workload is not available, so a workload whose pods are worse is reported by them. */
function withoutPods(verdict: ProbeVerdict, all: readonly ProbeVerdict[]): ProbeVerdict[] {
  const pods = all.find(({ probe }) => probe === 'pods');
  if (verdict.probe !== 'workloads' || verdict.kind !== 'state' || pods?.kind !== 'state') return [verdict];
  const told = new Set(pods.figures.named.map(({ identity }) => identity));
  const named = verdict.figures.named.filter(({ identity }) => !told.has(identity));
  const worse = verdict.figures.worse - verdict.figures.named.length + named.length;
  return worse === 0 ? [] : [{ ...verdict, figures: { ...verdict.figures, named, worse } }];
}

/** A verdict that is no pass, for people: what was well and is not, which rate rose, or why nobody can tell. */
export function verdictReason(verdict: ProbeVerdict): Reason {
  const { code, what } = PROBES[verdict.probe];
  const isState = verdict.kind === 'state';
  if (verdict.result === 'inconclusive') {
    const { why = '', concludesAt } = verdict;
    // What a later reading finds worse too may still pass within the time of the check.
    const then = isState ? 'read again after' : 'decided at';
    const when = concludesAt === undefined ? '' : ` It is ${then} ${concludesAt.slice(0, 16).replace('T', ' ')} UTC.`;
    const worse = isState && verdict.figures.worse > 0 ? ` ${worsenedText(verdict)}.` : '';
    const of = isState ? '' : ` of ${whose(verdict)}`;
    return reason('ProbeInconclusive', `Of the ${what}${of} it cannot be told: ${why}${worse}${when}`);
  }
  if (isState) return reason(code, `Worse than before the hop: ${worsenedText(verdict)}.`);
  const { before = 0, after = 0, effect = 1, p = 1 } = verdict.figures;
  const text = what === 'errors' ? percent : seconds;
  const by = `${text(before)} to ${text(after)}, ${effect.toFixed(1)} times (p = ${p.toExponential(1)})`;
  return reason(code, `The ${what} of ${whose(verdict)} rose from ${by}.`);
}

/**
 * Objects that are not well and not blamed on the hop, because somebody has created or changed them meanwhile; a workload and its pods count once. It
 * also names DaemonSets without pods of which nobody can tell whether that is intended.
 */
export function changedReasons(verdicts: readonly ProbeVerdict[]): Reason[] {
  const figures = verdicts.flatMap((one) => (one.kind === 'state' ? [one.figures] : []));
  const named = figures.flatMap(({ changedNamed = [] }) => changedNamed);
  const once = [...new Set(named)];
  const count = figures.reduce((sum, { changed }) => sum + changed, once.length - named.length);
  const emptied = figures.flatMap((one) => one.emptied ?? []);
  const told = `Of DaemonSets that had pods before the hop none is wanted any more, on whatever node: ${some(emptied, MOST_TOLD)}. Where that is not meant, compare their nodeSelector and tolerations with the labels and taints of the nodes.`;
  const ofEmptied = emptied.length === 0 ? [] : [reason('DaemonSetEmptied', told)];
  if (count === 0) return ofEmptied;
  const [is, was] = count === 1 ? ['is', 'was'] : ['are', 'were'];
  const names = once.length === 0 ? '' : `: ${some(once, MOST_TOLD, count)}`;
  const said = `${counted(count, 'thing')} that ${is} not well ${was} made or changed by somebody since the scan, and not compared${names}.`;
  return [reason('ChangedMeanwhile', said), ...ofEmptied];
}

const whose = ({ of }: RateVerdict): string => of?.name ?? 'the API server';

function worsenedText({ figures: { named, worse } }: StateVerdict): string {
  const texts = named.map(({ identity, was, said, owner }) => {
    const whose = owner === undefined ? '' : `, owner ${owner}`;
    return `${identity} (was ${was}, now ${said}${whose})`;
  });
  return some(texts, MOST_TOLD, worse);
}
const MOST_TOLD = 5;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const seconds = (value: number): string => `${Math.round(value * 1_000)} ms`;
