import { type Finding, isTest, type TextFile } from './finding.ts';

export const maxLines = 400;
export const medianGoal = 80;
const vagueName = /(?:^|\/)(?:utils?|helpers?)(?:\/|(?:\.test)?\.[^/.]+$)/i;

/** Reports source files that are too long, and files and folders whose name says nothing about what they hold. */
export function checkShape({ path, text }: TextFile): Finding[] {
  const findings: Finding[] = [];
  const lines = countLines(text);
  if (path.endsWith('.ts') && lines > maxLines) {
    const message = `${lines} lines; at most ${maxLines} are allowed. Split it by idea.`;
    findings.push({ file: path, line: maxLines + 1, message });
  }
  if (vagueName.test(path)) {
    const message = 'A file or folder called "utils" or "helpers" says nothing. Name it after its one idea.';
    findings.push({ file: path, line: 1, message });
  }
  return findings;
}

/** How long source files are, tests left out: the median and the 90th percentile, in lines. */
export function sizesOf(files: readonly TextFile[]): { count: number; median: number; p90: number } {
  const sizes = files
    .filter(({ path }) => path.endsWith('.ts') && !isTest(path))
    .map(({ text }) => countLines(text))
    .sort((a, b) => a - b);
  const at = (share: number) => sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
  return { count: sizes.length, median: at(0.5), p90: at(0.9) };
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
