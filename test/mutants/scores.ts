import { AREAS, isFar } from './areas.ts';
import type { Outcome } from './equivalents.ts';

const MOST_EQUIVALENT = 5;
/** A sample of a few files has no score; of one that kills less, the tests or this tester do not work. */
const FLOOR_OF_SAMPLE = 75;

/** Prints the scores per file and area, then what is wrong with them; answers with the exit code. */
export function printScores(
  outcomes: readonly Outcome[],
  areaOf: ReadonlyMap<string, string>,
  { isWhole, stale }: { readonly isWhole: boolean; readonly stale: readonly string[] },
): 0 | 1 {
  const problems = [...stale];
  for (const [area, inArea] of Map.groupBy(outcomes, ({ mutant }) => areaOf.get(mutant.file) ?? '')) {
    console.log(`\n${row(area, inArea)}`);
    for (const [file, inFile] of Map.groupBy(inArea, ({ mutant }) => mutant.file))
      console.log(row(`  ${file}`, inFile));
    const floor = AREAS.find(({ name }) => name === area)?.floor ?? 0;
    const { score, equivalent } = scoreOf(inArea);
    if (isWhole && score < floor) problems.push(`${area}: ${score.toFixed(1)} % are killed, ${floor} % must be.`);
    if (isWhole && equivalent > (inArea.length * MOST_EQUIVALENT) / 100)
      problems.push(`${area}: more than ${MOST_EQUIVALENT} % are said to be equivalent.`);
  }
  const { score } = scoreOf(outcomes);
  if (!isWhole && score < FLOOR_OF_SAMPLE)
    problems.push(`Of the sample ${score.toFixed(1)} % are killed, ${FLOOR_OF_SAMPLE} % must be.`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}

function scoreOf(outcomes: readonly Outcome[]) {
  const meant = outcomes.filter(({ equivalent, killer }) => equivalent === undefined || killer !== undefined);
  const killed = meant.filter(({ killer }) => killer !== undefined);
  const score = meant.length === 0 ? 100 : (killed.length / meant.length) * 100;
  const far = killed.filter(({ killer }) => killer !== undefined && isFar(killer)).length;
  const uncovered = meant.filter(({ isCovered }) => !isCovered).length;
  const byTime = killed.filter(({ isByTime }) => isByTime).length;
  return { score, byTime, killed: killed.length, far, uncovered, equivalent: outcomes.length - meant.length };
}

function row(name: string, outcomes: readonly Outcome[]): string {
  const { score, byTime, killed, far, uncovered, equivalent } = scoreOf(outcomes);
  const counts = `${killed} of ${outcomes.length - equivalent} killed, ${far} of them from afar, ${byTime} by time; ${uncovered} not run; ${equivalent} equivalent`;
  return `${score.toFixed(1).padStart(5)} %  ${name.padEnd(44)} ${counts}`;
}
