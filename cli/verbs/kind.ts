import { didYouMean } from '../../core/config/did-you-mean.ts';
import { invalid } from '../command/failure.ts';

const NAMES = {
  clusters: ['cluster', 'clusters'],
  rollouts: ['rollout', 'rollouts'],
  upgrades: ['upgrade', 'upgrades'],
  policies: ['policy', 'policies', 'upgradepolicy', 'upgradepolicies'],
  calendars: ['calendar', 'calendars'],
  channels: ['channel', 'channels'],
  waivers: ['waiver', 'waivers', 'scanwaiver', 'scanwaivers'],
  versions: ['version', 'versions'],
  accounts: ['account', 'accounts'],
} as const;
export type Kind = keyof typeof NAMES;
export const KINDS = Object.keys(NAMES) as readonly Kind[];

/** Singular and plural are both accepted. Fails with exit code 2. */
export function kindOf<Allowed extends Kind>(text: string, allowed: readonly Allowed[]): Allowed {
  const wanted = text.toLowerCase();
  const kind = allowed.find((one) => (NAMES[one] as readonly string[]).includes(wanted));
  if (kind !== undefined) return kind;
  const names = allowed.flatMap((one): readonly string[] => NAMES[one]);
  const meant = didYouMean(wanted, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw invalid(`liftlock: "${text}" is not a kind of thing here; there are ${allowed.join(', ')}.${hint}`);
}
