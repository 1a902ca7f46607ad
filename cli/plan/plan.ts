import { compileCalendar } from '../../core/calendar/compile-calendar.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import { diffOf, type Moved, type PlanDiff } from '../../core/plan/diff/plan-diff.ts';
import type { PlanDocument } from '../../core/plan/document/plan-schema.ts';
import { drawPlan } from '../../core/plan/draw-plan.ts';
import { type PlanRules, planRules } from '../../core/plan/offline-snapshot.ts';
import { EXIT, type ExitCode, invalid } from '../command/failure.ts';
import { instantOf } from '../command/instant.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { listed, print, tableSection } from '../output/print.ts';
import type { FileOptions } from '../verbs/config-files.ts';
import { chart } from './chart/chart.ts';
import { planLines } from './plan-text.ts';
import { nothingToDo } from './plan-words.ts';
import { readFleetFile, readOldPlan, readRules, targetOf } from './read-input.ts';

interface PlanCommandOptions extends FileOptions, OutputOption {
  readonly inventory: string;
  readonly now?: string;
  readonly target?: string;
  readonly seed: number;
  readonly diff?: string;
}

/** Offline: dates for every wave and cluster, whether deadlines are met, and what limits them. */
export async function plan(session: Session, options: PlanCommandOptions): Promise<ExitCode> {
  if (options.diff !== undefined && options.output === 'html')
    throw invalid('liftlock: --diff is printed as table, json or yaml; leave out -o html.');
  const now = options.now === undefined ? wholeSecond(session.io.now()) : instantOf(options.now, '--now');
  const target = options.target === undefined ? undefined : targetOf(options.target);
  const old = options.diff === undefined ? undefined : await readOldPlan(options.diff);
  const config = await readRules(session, options, now);
  const inventory = await readFleetFile(session, options.inventory);
  const rules = planRules(config, target);
  const document = drawPlan(rules, inventory, { now, seed: options.seed, timeZoneData: process.versions.tz });
  if (old !== undefined) {
    const diff = diffOf(old, document);
    await print(session, options.output, diff, () => diffLines(diff));
  } else if (options.output === 'html') session.io.out(chart(document, calendarsOf(rules)));
  else await print(session, options.output, document, () => planLines(document, session.paint));
  tell(session, document);
  return document.feasible ? EXIT.ok : EXIT.pending;
}

const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

const calendarsOf = ({ calendars }: PlanRules) =>
  new Map([...calendars].map(([name, spec]) => [name, compileCalendar(name, spec)]));

/** Writes one line to stderr, so that the verdict is visible when the document is piped away. */
function tell({ io }: Session, plan: PlanDocument): void {
  const { feasible, limitedBy, waves } = plan;
  const clusters = waves.reduce((sum, wave) => sum + wave.clusters.length, 0);
  const nothing = nothingToDo(plan);
  const verdict = feasible ? (nothing ?? 'feasible') : `not feasible: ${limitedBy?.change ?? 'a deadline is missed'}`;
  io.err(`${counted(clusters, 'cluster')} planned; ${verdict}.\n`);
}

/** The changes for people: the plan first, then waves, then clusters. */
function diffLines(diff: PlanDiff): string[] {
  const running = listed('Not compared', diff.running, ({ message }) => message);
  if (diff.plan.length + diff.waves.length + diff.clusters.length === 0)
    return [`Nothing has moved between ${diff.before} and ${diff.after}.`, ...running];
  const waves = diff.waves.map(({ policy, wave, change, moved }) => {
    return [`${policy}/${wave}`, change, words(moved)].map(visible);
  });
  const clusters = diff.clusters.map(({ name, accountId, region, policy, wave, change, moved }) => {
    return [name, accountId, region, `${policy}/${wave}`, change, words(moved)].map(visible);
  });
  return [
    `From the plan of ${diff.before} to that of ${diff.after}:`,
    ...diff.plan.map((one) => visible(`  ${words([one])}`)),
    ...running,
    ...tableSection('Waves', ['WAVE', 'CHANGE', 'WHAT'], waves),
    ...tableSection('Clusters', ['NAME', 'ACCOUNT', 'REGION', 'WAVE', 'CHANGE', 'WHAT'], clusters),
  ];
}

/** Hashes are long, and only their difference means something to people. */
const words = (moved: readonly Moved[]): string =>
  moved
    .map(({ field, before, after }) => (field === 'hash' ? 'hash' : `${field} ${before ?? '-'} → ${after ?? '-'}`))
    .join(', ');
