import type { BreakRule, DetectorName } from './break-rule.ts';
import { tables } from './tables.ts';

export const rulesOf = (detector: DetectorName): readonly BreakRule[] =>
  tables.rules.filter((rule) => rule.detector === detector);
export const breakRule = (id: string): BreakRule | undefined => tables.rules.find((rule) => rule.id === id);
