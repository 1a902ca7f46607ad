import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { clusterEnvironment } from '../expression/cluster-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import { matchSelector } from '../selector/match.ts';

type Selector = UpgradePolicySpec['selector'];

/** Whether a selector takes a cluster, and why. `error`: its expression has no answer, so it does not match and somebody must be told. */
interface Selection {
  readonly matches: boolean;
  /** As `SelectorMatch.reasons`. */
  readonly reasons: readonly string[];
  readonly error?: string;
}

/** Labels first: the expression is asked only about clusters that the labels leave. */
export function selects(selector: Selector, cluster: ClusterRecord): Selection {
  const byLabels = matchSelector(selector, cluster.labels);
  const { when } = selector;
  if (when === undefined || !byLabels.matches) return byLabels;
  const compiled = compiledOf(when);
  if ('problems' in compiled) return failed(when, compiled.problems[0]?.message ?? '');
  const result = compiled.predicate.test(cluster);
  if ('error' in result) return failed(when, result.error);
  const { matches } = result;
  const text = shortened(when);
  return { matches, reasons: matches ? [...byLabels.reasons, `${text} is true`] : [`needs: ${text}; it is false`] };
}

/** Reasons are kept in items and read by people; the whole expression stands in the policy. */
const shortened = (when: string): string => (when.length > 120 ? `${when.slice(0, 119)}…` : when);

function failed(when: string, error: string): Selection {
  return { matches: false, reasons: [`the expression ${shortened(when)} has no answer: ${error}`], error };
}

type Compiled = ReturnType<typeof compilePredicate<Parameters<typeof clusterEnvironment.variablesOf>[0]>>;

/** An expression means the same for ever, so what was compiled once is kept; thousands of different ones are never in use at once. */
const compiledBySource = new Map<string, Compiled>();
const MOST_COMPILED = 1000;

function compiledOf(source: string): Compiled {
  const known = compiledBySource.get(source);
  if (known !== undefined) return known;
  const compiled = compilePredicate(source, clusterEnvironment);
  if (compiledBySource.size >= MOST_COMPILED) compiledBySource.clear();
  compiledBySource.set(source, compiled);
  return compiled;
}
