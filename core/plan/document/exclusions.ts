import type { AnyCode, ReasonCode } from '../../contracts/reasons.ts';

/** Why a cluster is in no wave of a plan: the words of `excluded[].reason`. */
export const EXCLUSIONS = {
  AtTarget: 'It is at its target already.',
  NodesBehind: 'Its control plane is at its target or past it, and a managed node group is behind.',
  AddonsBehind: 'Its control plane is at its target or past it, and EKS does not list the version of an add-on for it.',
  ManualNodes: 'Its control plane is at its target or past it, and nodes are behind that Liftlock cannot roll.',
  BeyondTarget: 'It is newer than its target; Liftlock never goes down.',
  NoPolicy: 'No policy selects it.',
  NoWave: 'Its policy selects it, and none of the waves does.',
  AmbiguousPolicy: 'Several policies select it.',
  PolicyError: 'An expression of its policy has no answer for it.',
  Paused: 'Its tag keeps Liftlock away.',
  Pinned: 'Its tag keeps it at an older version.',
  BadTag: 'One of its tags cannot be read.',
  NotInFleet: 'The Fleet does not name its account and Region.',
  Unsupported: 'It is of a kind that Liftlock does not touch.',
  Unreachable: 'Liftlock cannot read it.',
  Held: 'It is held until a person releases it.',
  NotOffered: 'EKS does not offer the target.',
  NotCovered: 'The target is newer than the data of this release.',
  InvalidTarget: 'The target is not one.',
  UnknownChannel: 'There is no channel of that name.',
  Gone: 'It was deleted.',
} as const satisfies { readonly [code in ReasonCode | 'Paused']?: string };
export type Exclusion = keyof typeof EXCLUSIONS;

/** The code of a decision as a plan says it: "excluded" would say nothing under the heading Excluded. */
export const exclusionOf = (code: AnyCode): Exclusion =>
  code === 'Excluded' ? 'Paused' : isExclusion(code) ? code : 'Unsupported';

const isExclusion = (code: string): code is Exclusion => Object.hasOwn(EXCLUSIONS, code);
