/**
 * `npm run lint`, second half: the rules of this repository that Biome does not know. Prints `file:line: message` for each
 * broken one and exits with 1; prints how long files are in any case.
 */
import { fileURLToPath } from 'node:url';
import { checkTree } from './check.ts';
import { medianGoal, sizesOf } from './check-shape.ts';
import { formatFinding } from './finding.ts';
import { readTree } from './read-tree.ts';

const files = readTree(fileURLToPath(new URL('../..', import.meta.url)));
const findings = checkTree(files);
for (const finding of findings) console.error(formatFinding(finding));

const { count, median, p90 } = sizesOf(files);
console.log(`${count} source files: median ${median} lines (goal: at most ${medianGoal}), 90th percentile ${p90}.`);
console.log(findings.length === 0 ? 'No rule is broken.' : `${findings.length} findings.`);
process.exitCode = findings.length === 0 ? 0 : 1;
