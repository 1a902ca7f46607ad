import { whyNotWaived } from '../contracts/scan-words.ts';
import { clusterEnvironment } from '../expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../expression/environment.ts';
import { evidenceEnvironment } from '../expression/evidence-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import type { ExpressionProblem } from '../expression/refusals.ts';
import { type FoundValue, valuesAt } from '../model/values-at.ts';
import { both, overlapInPart } from '../selector/cover.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { SupportCalendar } from '../version/support-calendar.ts';
import { isTargetMinor } from '../version/target.ts';
import { checkAlarmAccounts } from './checks/alarm-accounts.ts';
import { checkNames, listOf, type Report, repeats, reporter, type SoundWaves } from './checks/check.ts';
import { checkComponents } from './checks/components.ts';
import { checkDrainRules } from './checks/drain.ts';
import { checkHooks } from './checks/hooks.ts';
import { checkNeedsApiServer } from './checks/needs-api-server.ts';
import { noCheck } from './checks/no-check.ts';
import { checkPlaceholders } from './checks/placeholders.ts';
import { checkPolicyOverlap, type SelectingPolicy } from './checks/policies-overlap.ts';
import { checkRates } from './checks/rates.ts';
import { checkUrls, URLS_OF_POLICY } from './checks/smoke-urls.ts';
import { checkTimeouts, checkWaveOpenings, type OpeningTimes } from './checks/wave-openings.ts';
import { checkApprovals, checkUnreachableWaves, checkWaveNumbers } from './checks/waves.ts';
import { dayOrInstant } from './day-or-instant.ts';
import { didYouMean } from './did-you-mean.ts';
import type { ConfigDocument, ConfigIssue } from './issue.ts';
import { objectName } from './schema/names.ts';
import { durationMilliseconds } from './schema/quantities.ts';
import { builtInChannels } from './schema/target.ts';
import { upgradePolicySchema } from './schema/upgrade-policy.ts';
import { waveSchema } from './schema/wave.ts';
import { valueBySchema } from './schema-issues.ts';
import { fieldOf, soundFields } from './sound-fields.ts';
import type { FleetSpec, UpgradePolicy, UpgradePolicySpec, Wave } from './types.ts';

export interface ParseOptions {
  /** The hosts that the Fleet in force allows, for files that hold only policies. Ignored where the files hold a Fleet. */
  readonly allowedHosts?: readonly string[];
  /** The images that the Fleet in force allows; absent = nobody knows them here, and whoever applies the policies checks. */
  readonly hookImages?: readonly string[];
  /** The calendar by which fixed targets are checked; absent = they are not checked. */
  readonly calendar?: SupportCalendar;
  /** Core reads no clock. Without an instant only versions that the calendar does not know are reported. */
  readonly now?: Date;
  /**
   * What becomes of a Calendar or Channel that a policy names and the files do not have. `warn` (default): it may be applied already. `require`: the
   * files are complete, so it is an error. `ignore`: whoever applies them checks.
   */
  readonly references?: 'warn' | 'require' | 'ignore';
}

/** The other documents of the same config. */
interface Surroundings {
  readonly allowedHosts: readonly string[] | undefined;
  /** The images that Jobs of hooks may use; undefined where they are unknown. */
  readonly hookImages: readonly string[] | undefined;
  /** The valid fields of its spec. */
  readonly fleet: Partial<FleetSpec>;
  /** The policies before this one whose selector can be read. This policy is added. */
  readonly earlier: SelectingPolicy[];
  readonly names: WrittenNames;
  /** The opening times of the Calendars in the same files; absent without a clock. */
  readonly times: OpeningTimes | undefined;
  readonly options: ParseOptions;
}

/** Checks one UpgradePolicy: first what can be said of any value, then by the schema, then what depends on several of its fields. */
export function checkPolicy(
  document: ConfigDocument,
  { allowedHosts, hookImages, fleet, earlier, names, times, options }: Surroundings,
  issues: ConfigIssue[],
): UpgradePolicy | undefined {
  const report = reporter(document, issues);
  checkWaves(document.value, report);
  checkUrls(document.value, URLS_OF_POLICY, allowedHosts, report);
  checkHooks(document.value, hookImages, report);
  checkComponents(document.value, hookImages, report);
  checkPlaceholders(document.value, report);
  checkRates(document.value, report);
  checkExpressions(document.value, report);
  checkWaivedNames(document.value, report);
  checkNeedsApiServer(document.value, report);
  checkOrder(document.value, report);
  checkReferences(document.value, names, options.references ?? 'warn', report);
  const policy = valueBySchema(upgradePolicySchema, document, issues);
  const spec = policy?.spec ?? soundFields(upgradePolicySchema.shape.spec, fieldOf(document.value, 'spec'));
  const { selector, target, caps, estimates, waves } = spec;
  if (selector !== undefined && waves !== undefined) {
    checkUnreachableWaves({ selector, waves }, report);
    checkOverlappingWaves({ selector, waves }, report);
  }
  const written = listOf(fieldOf(document.value, 'spec', 'waves'));
  const sound = written.flatMap((wave, index) => {
    const { data } = waveSchema.safeParse(wave);
    return data === undefined ? [] : [[index, data] as const];
  });
  checkWaveNumbers(sound, report);
  checkApprovals(sound, report);
  checkEffects(sound, written.length, report);
  if (times !== undefined && estimates !== undefined) checkTimeouts(document.value, sound, estimates, times, report);
  if (times !== undefined && estimates !== undefined) checkWaveOpenings(sound, estimates, times, report);
  checkAutomatic(spec, report);
  checkDeadline(spec, options.calendar, options.now, report);
  checkAlarmAccounts(sound, spec, fleet, report);
  checkPatience(spec.cannotStart, report);
  checkPatch(spec.patch, report);
  checkDrainRules(spec.drain?.rules ?? [], report);
  if (caps !== undefined && fleet.caps !== undefined && fleet.labels !== undefined)
    checkPolicyCaps(caps, { caps: fleet.caps, labels: fleet.labels }, report);
  if (target !== undefined && options.calendar !== undefined)
    checkTargetSupport(target, options.calendar, options.now, report);
  if (selector !== undefined) {
    const selecting = { name: fieldOf(document.value, 'metadata', 'name'), selector };
    checkPolicyOverlap(selecting, earlier, report);
    earlier.push(selecting);
  }
  return policy;
}

/**
 * A waiver by a name that no finding has would never hold, and nobody would notice; nor would one by what EKS enforces. The schema reports names that
 * are empty or too long.
 */
function checkWaivedNames(document: unknown, report: Report): void {
  for (const { path, value } of valuesAt(document, 'spec.scan.waivers[].checks[]')) {
    const said = noCheck(value);
    if (said !== undefined) report('error', path, said);
    const never = typeof value === 'string' ? whyNotWaived(value) : undefined;
    if (never !== undefined) report('warning', path, `${never}. Remove it.`);
  }
}

/** The first place of a label's value decides. */
function checkOrder(document: unknown, report: Report): void {
  for (const [index, key] of listOf(fieldOf(document, 'spec', 'order')).entries())
    for (const [at, value] of repeats(listOf(fieldOf(key, 'values'))))
      report(
        'warning',
        ['spec', 'order', index, 'values', at],
        `${JSON.stringify(value)} is named twice here. Remove one.`,
      );
}

/** Waves are identified by name, and select their clusters either by selector or by name. */
function checkWaves(document: unknown, report: Report): void {
  const waves = listOf(fieldOf(document, 'spec', 'waves'));
  checkNames(waves, ['spec', 'waves'], 'reports know waves by name', report);
  for (const [index, wave] of waves.entries()) {
    if (fieldOf(wave, 'selector') === undefined || fieldOf(wave, 'clusters') === undefined) continue;
    const message = 'selector and clusters are both given, and either would decide. Remove one.';
    report('error', ['spec', 'waves', index, 'clusters'], message, 'key');
  }
}

/**
 * Warns of waves that share some clusters, while each has others too. The first wave wins (semantics.md, Waves), which is seldom what both selectors
 * mean. A narrow wave before a wider one is intended, so it gets no warning.
 */
function checkOverlappingWaves(
  { selector, waves }: Pick<UpgradePolicySpec, 'selector' | 'waves'>,
  report: Report,
): void {
  for (const [index, wave] of waves.entries()) {
    const shared = waves.slice(0, index).filter((earlier) => share(earlier, wave, selector));
    if (shared.length === 0) continue;
    const names = shared.map(({ name }) => `"${name}"`).join(' and ');
    const message = `it takes some of the clusters that the earlier ${names} ${shared.length > 1 ? 'take' : 'takes'} too; the first wave wins. Exclude them from one of the two to say so, for example with operator: NotIn.`;
    report('warning', ['spec', 'waves', index, 'selector'], message, 'key');
  }
}

function share(earlier: Wave, later: Wave, all: UpgradePolicySpec['selector']): boolean {
  if (earlier.selector === undefined || later.selector === undefined) return false;
  return overlapInPart(both(all, earlier.selector), both(all, later.selector));
}

/** Caps of a policy only tighten those of the Fleet (semantics.md, In flight, and caps), so a looser one has no effect. */
function checkPolicyCaps(
  caps: UpgradePolicySpec['caps'],
  fleet: Pick<FleetSpec, 'caps' | 'labels'>,
  report: Report,
): void {
  const path = ['spec', 'caps'];
  for (const field of ['total', 'perAccount', 'perRegion'] as const) {
    looser(caps[field], fleet.caps[field], [...path, field]);
  }
  for (const [label, own] of Object.entries(caps.perLabel ?? {})) {
    looser(own, fleet.caps.perLabel?.[label], [...path, 'perLabel', label]);
    if (Object.hasOwn(fleet.labels.fromTags, label)) continue;
    const message = `no tag gives clusters the label "${label}" (spec.labels.fromTags of the Fleet), so all of them count as one value and this caps the whole policy. Add it there, or use total.`;
    report('warning', [...path, 'perLabel', label], message, 'key');
  }

  function looser(own: number | undefined, fleets: number | undefined, at: readonly (string | number)[]): void {
    if (own === undefined || fleets === undefined || own <= fleets) return;
    const message = `the Fleet allows ${fleets}, and a policy can only tighten that: ${own} does nothing. Remove it, or raise that of the Fleet.`;
    report('warning', at, message);
  }
}

const DAY = 86_400_000;

/** A cluster that is left behind within hours is left behind before anybody reads that it never starts. */
function checkPatience(cannotStart: UpgradePolicySpec['cannotStart'], report: Report): void {
  if (typeof cannotStart !== 'object' || durationMilliseconds(cannotStart.leaveBehindAfter) >= DAY) return;
  const message = `a cluster is left behind ${cannotStart.leaveBehindAfter} after its wave has opened, before people have seen why it never starts. Write 1d or more.`;
  report('warning', ['spec', 'cannotStart', 'leaveBehindAfter'], message);
}

/** An image that is left until it is older than the policy gives for taking a newer one is overdue at once. */
function checkPatch(patch: UpgradePolicySpec['patch'], report: Report): void {
  const { within, nodes: { maxAge } = {} } = patch ?? {};
  if (!within || !maxAge || durationMilliseconds(maxAge) <= durationMilliseconds(within)) return;
  const message = `groups keep their image until it is ${maxAge} old (nodes.maxAge), and are overdue as soon as they are to be rolled. Write ${maxAge} or more, or a shorter maxAge.`;
  report('warning', ['spec', 'patch', 'within'], message);
}

/** The days for which EKS lets a control plane go back (facts: eks.md, version rollback). */
const ROLLBACK_DAYS = 7;

/** With `eks-api` only alarms and URLs are compared. Without any of them no cluster would ever be found worse. */
function checkAutomatic({ rollback, verification, scan, smoke }: Partial<UpgradePolicySpec>, report: Report): void {
  if (rollback?.automatic !== true || verification !== 'eks-api') return;
  if ((scan?.alarms ?? []).length + (smoke?.urls ?? []).length > 0) return;
  const message =
    'nothing is compared with before a hop (verification: eks-api, no alarms, no URLs), so that no cluster is ever found worse. Verify in the cluster, or name alarms or URLs.';
  report('warning', ['spec', 'rollback', 'automatic'], message);
}

/** Warns of valid fields that have no effect, or less than they promise. */
function checkEffects(waves: SoundWaves, count: number, report: Report): void {
  for (const [index, wave] of waves) {
    const path = ['spec', 'waves', index];
    const isLast = index === count - 1;
    if (wave.gates.length > 0 && wave.soak === undefined && isLast) {
      const message =
        'nobody looks at them: this wave has no soak, and no wave comes after it. Give it a soak, or remove them.';
      report('warning', [...path, 'gates'], message, 'key');
    }
    if (wave.mayOverrun && wave.calendar === undefined) {
      const message =
        'this wave has no calendar, so there is no window to run past, save for clusters whose tags add one.';
      report('warning', [...path, 'mayOverrun'], message);
    }
    const [baked, watched] = [durationMilliseconds(wave.bake ?? '0s'), durationMilliseconds(wave.watch ?? '0s')];
    if (baked + watched >= ROLLBACK_DAYS * DAY) {
      const what = watched === 0 ? 'a bake' : baked === 0 ? 'a watch' : 'a bake and a watch that are together';
      const message = `EKS lets a cluster go back for ${ROLLBACK_DAYS} days, and ${what} as long leaves no time to decide. Use a shorter one.`;
      report('warning', [...path, watched === 0 ? 'bake' : 'watch'], message);
    }
    if (wave.requireReady !== undefined && durationMilliseconds(wave.requireReady) < DAY) {
      const message =
        'every cluster is looked at once a day, so this wave opens only where somebody has looked at each of its clusters by hand. 24h waits for nobody.';
      report('warning', [...path, 'requireReady'], message);
    }
  }
}

/** Warns of a target that EKS does not support, or only for extra money: it is valid but seldom meant. */
function checkTargetSupport(
  target: UpgradePolicySpec['target'],
  calendar: SupportCalendar,
  now: Date | undefined,
  report: Report,
): void {
  if (typeof target !== 'string' || !isTargetMinor(target)) return;
  const message = supportProblem(KubeVersion.parse(target), calendar, now);
  if (message !== undefined) report('warning', ['spec', 'target'], message);
}

function supportProblem(version: KubeVersion, calendar: SupportCalendar, now: Date | undefined): string | undefined {
  const oldest = calendar.versions()[0];
  const newest = calendar.versions().at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  if (newest.isOlderThan(version))
    return `this release of Liftlock knows no ${version} (newest: ${newest}). Nothing moves until EKS offers it, and Liftlock is updated to a release that knows it.`;
  if (version.isOlderThan(oldest))
    return `EKS no longer supports ${version} (oldest known here: ${oldest}). Choose a newer one.`;
  if (now === undefined) return undefined;
  const { state, endOfStandardSupport, endOfExtendedSupport } = calendar.supportStatus(version, now);
  if (state === 'unsupported')
    return `EKS no longer supports ${version}${since(endOfExtendedSupport)}. Choose a newer one.`;
  if (state === 'extended')
    return `${version} is in extended support${since(endOfStandardSupport)}, which costs extra every day. Choose a newer one.`;
  if (state === 'unknown')
    return `EKS does not offer ${version} yet as far as is known here. Nothing moves until it does.`;
  return undefined;
}

function since(date: Date | undefined): string {
  return date === undefined ? '' : ` (since ${date.toISOString().slice(0, 10)})`;
}

/** Reports a deadline that is no date, has passed, or comes before EKS offers the target. */
function checkDeadline(
  { deadline, target }: Partial<UpgradePolicySpec>,
  calendar: SupportCalendar | undefined,
  now: Date | undefined,
  report: Report,
): void {
  if (deadline === undefined) return;
  const path = ['spec', 'deadline'];
  // It depends on the versions that the clusters run, which are unknown offline.
  if (typeof deadline !== 'string') return;
  const at = dayOrInstant(deadline);
  if (at === undefined) {
    report('error', path, `"${deadline}" is no day or time of the calendar.`);
  } else if (now !== undefined && at <= now) {
    const message = `${deadline} has passed, so no plan can meet it. Choose a later day, or remove the deadline.`;
    report('warning', path, message);
  } else if (now !== undefined && calendar !== undefined && typeof target === 'string' && isTargetMinor(target)) {
    const { releaseDate } = calendar.supportStatus(KubeVersion.parse(target), now);
    if (releaseDate === undefined || releaseDate < at) return;
    const message = `EKS offers ${target} from ${releaseDate.toISOString().slice(0, 10)} on, so no plan can meet ${deadline}. Choose a later day, or an older target.`;
    report('warning', path, message);
  }
}

/** The names of the Calendars and Channels beside a policy, valid or not. A value that is no text names nothing. */
interface WrittenNames {
  readonly calendars: readonly unknown[];
  readonly channels: readonly unknown[];
}

const isName = (name: unknown): name is string => objectName.safeParse(name).success;

/**
 * Reports Calendars and Channels that a policy names and that do not exist. The files alone cannot tell what is applied already, so that is a warning
 * there. Together with the config in force it is an error, since nothing could start.
 */
function checkReferences(
  document: unknown,
  written: WrittenNames,
  references: 'warn' | 'require' | 'ignore',
  report: Report,
): void {
  if (references === 'ignore') return;
  const calendars = written.calendars.filter(isName);
  const channels = [...Object.keys(builtInChannels), ...written.channels.filter(isName)];
  for (const found of valuesAt(document, 'spec.target.channel')) tell('Channel', found, channels);
  for (const place of ['spec.waves[].calendar', 'spec.waves[].calendar[]'])
    for (const found of valuesAt(document, place)) tell('Calendar', found, calendars);

  function tell(kind: string, { path, value: name }: FoundValue, known: readonly string[]): void {
    // The schema reports values that are no names.
    if (!isName(name) || known.includes(name)) return;
    const meant = didYouMean(name, known);
    const hint = meant === undefined ? `Write or apply the ${kind} "${name}".` : `Did you mean ${meant}?`;
    if (references === 'require') {
      report(
        'error',
        path,
        `there is no ${kind} "${name}", neither here nor in force, so nothing could start. ${hint}`,
      );
    } else {
      const message = `there is no ${kind} "${name}" in these files; unless it is applied already, nothing can start. ${hint}`;
      report('warning', path, message);
    }
  }
}

/** Expressions over clusters. */
const EXPRESSIONS = [
  'spec.selector.when',
  'spec.hooks[].selector.when',
  'spec.waves[].selector.when',
  'spec.nodes.podEvictionFailure.force.selector.when',
];

/** Compiles and types every expression of a policy, so that none fails for the first time during a rollout. */
function checkExpressions(document: unknown, report: Report): void {
  for (const place of EXPRESSIONS) for (const found of valuesAt(document, place)) check(found, clusterEnvironment);
  for (const found of valuesAt(document, 'spec.waves[].approval.autoApproveWhen')) check(found, evidenceEnvironment);

  function check<Value>({ path, value: source }: FoundValue, environment: ExpressionEnvironment<Value>): void {
    // The schema reports values that are too long or no text.
    if (typeof source !== 'string' || source === '' || source.length > 2000) return;
    const compiled = compilePredicate(source, environment);
    if (!('problems' in compiled)) return;
    for (const problem of compiled.problems) {
      report('error', path, `${sentence(problem)} ${placeIn(source, problem.offset)}`);
    }
  }
}

function sentence({ message, unknown }: ExpressionProblem): string {
  if (unknown === undefined) return /[.?]$/.test(message) ? message : `${message}.`;
  const meant = didYouMean(unknown.name, unknown.known);
  return `${message}. ${meant === undefined ? `Known here: ${unknown.known.join(', ')}.` : `Did you mean ${meant}?`}`;
}

/** "At character 9: nmae == …" shows the place in long expressions too. */
function placeIn(source: string, offset: number): string {
  const rest = source.slice(offset, offset + 24).replace(/\s+/g, ' ');
  return rest.trim() === ''
    ? 'At its end.'
    : `At character ${offset + 1}: ${rest}${source.length > offset + 24 ? '…' : ''}`;
}
