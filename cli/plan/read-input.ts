import type { ParsedConfig } from '../../core/config/check-config.ts';
import { formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import { targetSchema } from '../../core/config/schema/target.ts';
import type { UpgradePolicy } from '../../core/config/types.ts';
import { type Inventory, parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import { visible } from '../../core/model/visible.ts';
import { type PlanDocument, rolloutPlanSchema } from '../../core/plan/document/plan-schema.ts';
import { SupportCalendar } from '../../core/version/support-calendar.ts';
import { invalid } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { type FileOptions, readConfigFiles } from '../verbs/config-files.ts';
import { readPrinted, readText } from '../verbs/read-text.ts';

/** Reads the config files. There is no other source, so a calendar that they name must be among them. Fails with exit code 2. */
export async function readRules(session: Session, options: FileOptions, now: Date): Promise<ParsedConfig> {
  const files = await readConfigFiles(session, options);
  const config = parseConfig(files, { calendar: SupportCalendar.builtIn(), now, references: 'require' });
  for (const issue of [...config.errors, ...config.warnings]) session.io.err(`${visible(formatIssue(issue))}\n`);
  if (config.errors.length > 0) throw invalid('liftlock: nothing can be planned with errors. Correct those above.');
  if (config.policies.length === 0)
    throw invalid('liftlock: there is no UpgradePolicy in what was given, so there is nothing to plan.');
  return config;
}

/** Reads the clusters. Fails with exit code 2 and every mistake with its place. */
export async function readFleetFile(session: Session, path: string): Promise<Inventory> {
  const file =
    path === '-' ? { path: '<stdin>', text: await session.io.stdin() } : { path, text: await readText(path) };
  const { inventory, errors } = parseInventory(file);
  for (const issue of errors) session.io.err(`${visible(formatIssue(issue))}\n`);
  if (inventory === undefined) throw invalid('liftlock: the inventory cannot be read. Correct the errors above.');
  return inventory;
}

/** Reads a plan that was printed with `-o json`. Fails with exit code 2. */
export const readOldPlan = (path: string): Promise<PlanDocument> =>
  readPrinted(path, rolloutPlanSchema, {
    what: 'a RolloutPlan of this release',
    give: 'Give one that liftlock plan -o json printed.',
  });

/** Parses `--target` as in a policy, without channels. Fails with exit code 2. */
export function targetOf(text: string): UpgradePolicy['spec']['target'] {
  const parsed = targetSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw invalid(`liftlock: --target is "${text}"; write latest, latest-1, or a minor such as 1.36.`);
}
