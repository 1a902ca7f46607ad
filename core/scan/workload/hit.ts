import type { GroupVersionKind } from '../data/api-row.ts';
import type { BreakRule } from '../data/break-rule.ts';
import type { Mapping } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import type { PodSpec } from './pod-specs.ts';

/** An object that detectors look at, whole. */
export interface InspectedObject extends GroupVersionKind {
  readonly value: Mapping;
  readonly pods: readonly PodSpec[];
}

/** What a rule is about was found. */
export interface Hit {
  readonly rule: string;
  /** Where in the object. */
  readonly path: Path;
  /** What was seen, in one sentence without values that could be secret. */
  readonly evidence: string;
}

/** What each of these rules is about was found, at the same place. */
export const hitsOf = (rules: readonly BreakRule[], path: Path, evidence: string): Hit[] =>
  rules.map(({ id }) => ({ rule: id, path, evidence }));

/** Looks for what its rules name. Never throws on what people write. */
export type Detector = (object: InspectedObject, rules: readonly BreakRule[]) => Hit[];
