import type { Findings } from './problems.ts';
import { type Scenario, scenarioSchema } from './scenario-schema.ts';

/** The one scenario of the folder, checked; undefined where there is none or it is wrong. */
export function readScenario(
  found: readonly { path: string; value: unknown }[],
  findings: Findings,
): { path: string; scenario: Scenario } | undefined {
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    findings.problems.push(`${second.path}: kind: there is a Scenario in ${first.path} already; a folder has one`);
  }
  const parsed = scenarioSchema.safeParse(first.value);
  if (parsed.success) return { path: first.path, scenario: parsed.data };
  for (const issue of parsed.error.issues) {
    const where = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    findings.problems.push(`${first.path}: ${where}${issue.message}`);
  }
  return undefined;
}
