import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { MUTE_RULE_PREFIX } from '../contracts/mutating-calls.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { fillCluster } from '../model/placeholders.ts';
import type { MuteRule } from '../ports/silences.ts';

type Silences = NonNullable<UpgradePolicySpec['silences']>;
export type SilencedStep = Silences[number]['during'][number];

export interface WantedSilence {
  readonly alarms: readonly string[];
  readonly milliseconds: number;
}

/**
 * What a policy silences during a step of a cluster: the alarms of all its rules for that step, in one mute rule. No alarm may rest for longer than
 * its own rule says, so the shortest time counts. Undefined = nothing is silenced.
 */
export function silenceDuring(rules: Silences, step: SilencedStep, cluster: string): WantedSilence | undefined {
  const ofStep = rules.filter(({ during }) => during.includes(step));
  if (ofStep.length === 0) return undefined;
  const alarms = ofStep.flatMap((rule) => rule.alarms.map((name) => fillCluster(name, cluster)));
  return {
    alarms: [...new Set(alarms)].sort(),
    milliseconds: Math.min(...ofStep.map(({ longest }) => durationMilliseconds(longest))),
  };
}

/** The cluster, the step and the node group (or phase of add-ons) that a silence is for. */
export interface SilencePlace {
  readonly clusterKey: string;
  readonly step: SilencedStep;
  readonly part: string;
}

/** This mark in the description of a mute rule says that Liftlock made the rule, and for which place. */
export const silenceMark = ({ clusterKey, step, part }: SilencePlace): string =>
  `liftlock:${sha256Hex(canonicalJson({ clusterKey, step, part }))}`;

/**
 * The name of the mute rule of a place. It is the same whoever asks, and differs for two clusters of an account and Region, also for one that was
 * created anew under the same name. The name of a cluster has up to 100 characters and that of a node group up to 63: both are cut, and the hash
 * tells them apart; CloudWatch takes 255.
 */
export function muteRuleName(place: SilencePlace, cluster: string): string {
  const hash = silenceMark(place).slice(-32);
  return `${MUTE_RULE_PREFIX}${cluster.slice(0, 80)}-${place.step}-${place.part.slice(0, 63)}-${hash}`;
}

const MINUTE = 60_000;
/** A call arrives within this many milliseconds, or never. */
const UNDER_WAY = 20_000;

/** The first full minute after the call must have arrived. @param recordedAt when the call was committed */
export const silentFrom = (recordedAt: Date): Date =>
  new Date(Math.ceil((recordedAt.getTime() + UNDER_WAY) / MINUTE) * MINUTE);

/**
 * The mute rule that silences the alarms from the next minute on: its `at` is exact to the minute, and nothing documents what CloudWatch does with a
 * minute that has passed. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html
 */
export function muteRuleOf(
  place: SilencePlace,
  cluster: string,
  { alarms, milliseconds }: WantedSilence,
  upgradeId: string,
  now: Date,
): MuteRule {
  const startsAt = silentFrom(now).getTime();
  const endsAt = startsAt + Math.floor(milliseconds / MINUTE) * MINUTE;
  const said = `Made by Liftlock for ${place.step} (${place.part}) of ${cluster}, upgrade ${upgradeId}; it is deleted when the step ends.`;
  return {
    name: muteRuleName(place, cluster),
    description: `${said} ${silenceMark(place)}`,
    alarms,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  };
}

/** Whether Liftlock, and nobody else, has made the rule. */
export const isOurRule = (rule: { readonly description: string }, mark: string): boolean =>
  rule.description.endsWith(mark);
