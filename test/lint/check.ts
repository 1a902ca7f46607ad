import { checkCycles, type ImportingFile } from './check-cycles.ts';
import { checkImports } from './check-imports.ts';
import { checkPurity } from './check-purity.ts';
import { checkShape } from './check-shape.ts';
import { checkTests } from './check-tests.ts';
import { checkText } from './check-text.ts';
import { type Finding, isTest, type TextFile } from './finding.ts';
import { importsOf } from './imports.ts';
import { parseTypeScript, type SyntaxNode } from './syntax.ts';

/** Every rule over a tree of files; pure, so that the rules are tested with trees of three lines. Sorted by place. */
export function checkTree(files: readonly TextFile[]): Finding[] {
  const findings: Finding[] = [];
  const importing: ImportingFile[] = [];
  for (const file of files) {
    findings.push(...checkText(file), ...checkShape(file));
    if (!file.path.endsWith('.ts')) continue;
    const tree = parsed(file, findings);
    if (tree === undefined) continue;
    const imports = importsOf(tree, file.text);
    importing.push({ path: file.path, imports });
    findings.push(...checkImports(file.path, imports));
    if (isTest(file.path)) findings.push(...checkTests(file.path, tree, file.text));
    else if (file.path.startsWith('core/')) findings.push(...checkPurity(file.path, tree, file.text));
  }
  findings.push(...checkCycles(importing));
  return findings.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** A file that does not parse cannot be judged, which is a finding and not a pass. */
function parsed(file: TextFile, findings: Finding[]): SyntaxNode | undefined {
  try {
    return parseTypeScript(file.text);
  } catch (error) {
    const message = `Cannot be parsed: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown syntax'}`;
    findings.push({ file: file.path, line: 1, message });
    return undefined;
  }
}
