import { given } from '../../model/given.ts';
import { compareAddonVersions } from '../../version/addon-version.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { checkSkew } from '../../version/skew.ts';
import type { ApiRow } from '../data/api-row.ts';
import { apiRowsOfGroup, isReached, replacementAt, statusAt } from '../data/api-table.ts';
import type { BreakRule } from '../data/break-rule.ts';
import { breakRule } from '../data/break-rules.ts';
import { controllerOf, rangeText, releaseOf, supports } from '../data/controllers.ts';
import type { JudgedFinding } from '../report/merge-findings.ts';
import { columns, findingOf, goneBefore, type Hop, judgeApi, judgeListed, subjectText } from './judge-api.ts';
import type {
  ApiReference,
  ControllerImage,
  NamedApi,
  Observation,
  Problem,
  RuleHit,
  SkewObservation,
} from './observation.ts';

/** What an observation means for a cluster that goes to `target`; undefined when it means nothing. The function is pure. */
export function judge(observation: Observation, hop: Hop): JudgedFinding | undefined {
  const finding = judgeAsSeen(observation, hop);
  if (finding === undefined || observation.provisional === undefined) return finding;
  const isGrave = finding.severity === 'error' && observation.provisional === 'perhaps';
  return {
    ...finding,
    severity: isGrave ? 'warning' : 'info',
    confidence: 'low',
    message: `Provisional, seen in a template that was not rendered: ${finding.message}`,
    fix: `Render it to be sure: scan with --render, or pipe what helm template prints. ${finding.fix}`,
  };
}

function judgeAsSeen(observation: Observation, hop: Hop): JudgedFinding | undefined {
  const { target } = hop;
  switch (observation.type) {
    case 'api':
      return judgeApi(observation, hop);
    case 'listed':
      return judgeListed(observation, target);
    case 'reference':
      return judgeReference(observation, hop);
    case 'rule':
      return judgeRule(observation, hop);
    case 'controller':
      return judgeController(observation, target);
    case 'skew':
      return judgeSkew(observation, hop);
    case 'problem':
      return judgeProblem(observation, target);
  }
}

export function judgeAll(observations: readonly Observation[], hop: Hop): JudgedFinding[] {
  return observations.flatMap((observation) => judge(observation, hop) ?? []);
}

/** Judges a problem that exists already; a problem that only concerns a later minor is left out. */
function judgeProblem(problem: Problem, target: KubeVersion): JudgedFinding | undefined {
  if (problem.fromMinor !== undefined && !isReached(problem.fromMinor, target)) return undefined;
  // The problem carries its own judgement, which adds no evidence.
  return findingOf(problem, { ...problem, evidence: [] });
}

/**
 * Compares kubelet or kube-proxy with the API server now, after the first hop, and at the target. A component that the hops update must fit the first
 * hop only, because each hop updates it before the next begins, and the add-on kube-proxy only today's API server.
 */
function judgeSkew(skew: SkewObservation, { target, from, brings = isInNodegroup }: Hop): JudgedFinding | undefined {
  const { component, version, subject } = skew;
  const first = from?.isOlderThan(target) === true ? from.next() : target;
  const isProxy = component === 'kube-proxy';
  // The add-on step brings kube-proxy along before the control plane moves, where it would be too old (core/model/addon-target.ts).
  const hops = brings(skew) ? (isProxy ? [] : [first]) : [first, target];
  const asked = [...(from === undefined ? [] : [from]), ...hops];
  // Where the control plane stays, nothing breaks that is not broken already, and what is too old is brought to its version.
  const stays = from?.equals(target) === true;
  const isOlder = KubeVersion.tryParse(version)?.isOlderThan(from ?? target) === true;
  const isBrought = brings(skew) && isOlder && (stays || isProxy);
  const components = [{ kind: component, name: subject.name ?? 'a node', version }];
  const which = component === 'kubelet' ? 'these nodes' : 'kube-proxy';
  for (const apiServer of asked) {
    const [problem] = checkSkew(apiServer, components).reasons;
    if (problem === undefined) continue;
    return findingOf(skew, {
      severity: isBrought ? 'info' : stays ? 'warning' : 'error',
      reason: 'version-skew',
      rule: 'VersionSkew',
      message: problem,
      fix: stays
        ? `Bring ${which} to ${target}, the version of the control plane.`
        : isBrought
          ? 'The add-on step brings it along before the control plane moves.'
          : `Update ${which} to a version that fits both before the control plane goes to ${apiServer.equals(target) ? target : first}.`,
    });
  }
  return undefined;
}

/** Where EKS was not asked, nodes of a managed node group are assumed to be replaced after each hop. */
const isInNodegroup = ({ nodegroup }: SkewObservation | RuleHit): boolean => nodegroup !== undefined;

/**
 * Judges what a detector found. From `breaksIn` on the severity of the rule counts, before that a warning at most. It is a warning too where the
 * cluster's present version is past `breaksIn`, because this hop breaks nothing new; and no more than information where new nodes bring another
 * runtime.
 */
function judgeRule(hit: RuleHit, { target, from, brings }: Hop): JudgedFinding | undefined {
  const rule = breakRule(hit.rule);
  if (rule === undefined) throw new Error(`No break rule is called ${hit.rule}.`);
  const always = rule.breaksIn === null && rule.deprecatedIn === null;
  const broken = always || isReached(rule.breaksIn, target);
  if (!broken && !isReached(rule.deprecatedIn, target)) return undefined;
  const before = !always && from !== undefined && isReached(rule.breaksIn, from);
  const late = rule.breaksIn === null ? '' : ` It stops working in Kubernetes ${rule.breaksIn}.`;
  const isBrought = rule.detector === 'node-runtime' && brings?.(hit) === true;
  return findingOf(hit, {
    severity: isBrought ? 'info' : (broken && !before) || rule.severity === 'info' ? rule.severity : 'warning',
    reason: reasonOf(rule, broken, before),
    deprecatedIn: rule.deprecatedIn,
    removedIn: rule.breaksIn,
    rule: rule.id,
    evidence: before ? [`Kubernetes ${from}, which runs now, is past that already.`] : [],
    message: `${subjectText(hit)}: ${rule.message}${broken ? '' : late}`,
    fix: isBrought ? 'The upgrade replaces these nodes by itself.' : rule.fix,
  });
}

/** `removed` always means an error. So before `breaksIn` the reason is `deprecated`, and `unsupported` where the cluster already runs past it. */
function reasonOf({ reason }: BreakRule, broken: boolean, before: boolean): BreakRule['reason'] {
  if (reason !== 'removed') return reason;
  if (!broken) return 'deprecated';
  return before ? 'unsupported' : 'removed';
}

/**
 * Compares a known controller with the Kubernetes minors that its maintainers name. An untested minor is a warning, not a break. A release older than
 * the table has no range for any target; about a release newer than the table nothing is known.
 */
function judgeController(image: ControllerImage, target: KubeVersion): JudgedFinding | undefined {
  const row = controllerOf(image.component);
  if (row === undefined) return undefined;
  const next = row.releases.find(
    (release) => supports(release, target) && compareAddonVersions(release.release, image.version) > 0,
  );
  const update =
    next === undefined
      ? `No release of ${row.component} is known to support ${target}. Look for a newer one, and test it before the upgrade.`
      : `Update ${row.component} to ${next.release} or newer ${supports(next, target.previous()) ? 'before the upgrade' : `once the cluster is at ${target}`}.`;
  const line = releaseOf(row, image.version);
  if (line === undefined) {
    const isOlder = compareAddonVersions(image.version, row.releases[0]?.release ?? '0') < 0;
    const than = isOlder
      ? `older than any release whose range is known (${row.releases[0]?.release}`
      : `newer than the table (which ends at ${row.releases.at(-1)?.release}`;
    return findingOf(image, {
      severity: isOlder ? 'warning' : 'info',
      reason: 'unsupported',
      confidence: 'low',
      message: `${row.component} ${image.version} is ${than}).`,
      fix: isOlder ? update : `See what its makers say of Kubernetes ${target}.`,
    });
  }
  const says = row.basis === 'tested' ? 'is tested by its makers' : 'is meant';
  if (supports(line, target)) return undefined;
  return findingOf(image, {
    severity: 'warning',
    reason: 'unsupported',
    confidence: row.basis === 'tested' ? 'medium' : 'low',
    message: `${row.component} ${image.version} ${says} with ${rangeText(line)}, not with ${target}.`,
    fix: update,
  });
}

/** An object may name one API and be of another. The two problems are told apart, and waived separately, by this text. */
const namedText = ({ group, version, resource, kind }: ApiReference['named']): string =>
  [group, version, resource ?? kind].filter((part) => part !== undefined).join('/');

/** Judges an object that names one API or several. Deprecated APIs are reported only where none of them is removed. */
function judgeReference(reference: ApiReference, { target, from, isUpgrade = false }: Hop): JudgedFinding | undefined {
  const { severity, says, consequence } = reference;
  const seen = [reference, ...(reference.also ?? [])].flatMap((one) => {
    const api = lookAt(one.named, target);
    return api === undefined ? [] : [{ ...api, one }];
  });
  const gone = seen.filter(({ isGone }) => isGone);
  const told = gone.length > 0 ? gone : seen;
  const [first] = told;
  if (first === undefined) return undefined;
  const evidence = [...new Set(told.flatMap(({ one }) => one.evidence))];
  const found = { ...reference, evidence, ...given({ location: first.one.location }) };
  const instead = [...new Set(told.flatMap(({ replacement }) => replacement ?? []))];
  const lost = told.flatMap(({ replacement, what: name }) => (replacement === null ? [name] : []));
  const base = {
    ...first,
    rule: `names:${namedText(reference.named)}`,
    replacement: instead.length === 1 ? first.replacement : null,
    fix: [
      ...(instead.length === 0 ? [] : [`Name ${listed(instead)} instead.`]),
      ...(lost.length === 0
        ? []
        : [
            `Remove ${lost.length === told.length ? 'the reference' : listed([...new Set(lost)])}: nothing takes its place.`,
          ]),
    ].join(' '),
  };
  const what = listed([...new Set(told.map((one) => one.what))]);
  if (gone.length > 0) {
    const before = isUpgrade && from !== undefined && gone.every(({ rows }) => areRemoved(rows, from));
    return findingOf(found, {
      ...base,
      severity: before && severity === 'error' ? 'warning' : severity,
      evidence: before ? [goneBefore(from)] : [],
      // A removed API is an error; a name that nothing serves is as severe as its consequence.
      reason: severity === 'error' ? 'removed' : 'unserved-version',
      message: `${says} ${what}, which Kubernetes ${target} does not serve: ${consequence}.`,
    });
  }
  return findingOf(found, {
    ...base,
    severity: severity === 'error' ? 'warning' : 'info',
    reason: 'deprecated',
    message: `${says} ${what}, which is deprecated since Kubernetes ${first.deprecatedIn}.`,
  });
}

/**
 * With a version it checks that version, without one whether any version of the group's resource is served. Groups are reused (facts:
 * deprecated-apis.md §0.4), so only the resource or kind decides. Undefined for what is served.
 */
function lookAt({ group, version, resource, kind }: NamedApi, target: KubeVersion) {
  const all = apiRowsOfGroup(group).filter((row) =>
    resource === undefined ? row.kind === kind : row.resource === resource.split('/')[0],
  );
  const rows = version === undefined ? all : all.filter((row) => row.version === version);
  const [row] = rows;
  if (row === undefined || (version === undefined && isServedInGroup(rows, target))) return undefined;
  const isGone = areRemoved(rows, target);
  const isOld = version !== undefined && rows.every((one) => statusAt(one, target) === 'deprecated');
  if (!isGone && !isOld) return undefined;
  const what = `${group === '' ? '' : `${group}/`}${version === undefined ? '' : `${version} `}${resource ?? kind ?? ''}`;
  return { what, rows, isGone, ...columns(row, target) };
}

const areRemoved = (rows: readonly ApiRow[], target: KubeVersion): boolean =>
  rows.every((row) => statusAt(row, target) === 'removed');

const MOST_LISTED = 5;

/** The words as `a, b and c`, or the first ones when there are many. */
function listed(words: readonly string[]): string {
  const shown = words.slice(0, MOST_LISTED);
  const last = words.length > MOST_LISTED ? `${words.length - MOST_LISTED} more` : shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last}`;
}

/** Whether some version is served at the target: one of the table, or a replacement within the same group and kind. */
function isServedInGroup(rows: readonly ApiRow[], target: KubeVersion): boolean {
  return rows.some((row) => {
    const status = statusAt(row, target);
    if (status === 'served' || status === 'deprecated') return true;
    const replacement = replacementAt(row, target);
    return replacement !== undefined && replacement.group === row.group && replacement.kind === row.kind;
  });
}
