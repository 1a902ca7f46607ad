import type { Insight } from '../ports/eks.ts';

/** The add-on insight is what the add-on step repairs, so the gate before it must not stop on it (design.md §3). */
export const isAddonInsight = (insight: Insight): boolean =>
  insight.categorySpecificSummary?.addonCompatibilityDetails !== undefined
    ? insight.categorySpecificSummary.addonCompatibilityDetails.length > 0
    : /add-?on/i.test(insight.name);
