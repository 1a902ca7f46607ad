import { LineCounter, parseAllDocuments } from 'yaml';
import { JsonFault, parseJsonDocuments } from './json-documents.ts';
import type { Findings } from './problems.ts';
import type { FolderFile } from './read-folder.ts';
import { type Dump, recognise } from './recognise.ts';

/** Parses every file. YAML files are Liftlock's config, unless they contain the Scenario. */
export function parseFiles(files: readonly FolderFile[], findings: Findings): { dumps: Dump[]; configPaths: string[] } {
  const dumps: Dump[] = [];
  const configPaths: string[] = [];
  for (const file of files) {
    if (file.path.toLowerCase().endsWith('.json')) dumps.push(...parseJson(file, findings));
    else {
      const scenarios = parseYaml(file, findings);
      dumps.push(...scenarios.dumps);
      if (scenarios.isConfig) configPaths.push(file.path);
    }
  }
  return { dumps, configPaths };
}

function parseJson(file: FolderFile, findings: Findings): Dump[] {
  try {
    const { values, trailingCommas } = parseJsonDocuments(file.text);
    if (trailingCommas) {
      findings.statements.push(`${file.path} has commas before closing brackets, which are left out.`);
    }
    return values.flatMap((value) => recognise(file.path, value, findings));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    findings.problems.push(`${file.path}:${error.line}:${error.column}: ${error.message}`);
    return [];
  }
}

function parseYaml(file: FolderFile, findings: Findings): { dumps: Dump[]; isConfig: boolean } {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter, prettyErrors: false });
  const dumps: Dump[] = [];
  let isConfig = false;
  for (const document of documents) {
    for (const error of document.errors) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      findings.problems.push(`${file.path}:${line}:${col}: ${error.message}`);
    }
    if (document.errors.length > 0) continue;
    const value: unknown = document.toJS();
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
    if (kind === 'Scenario') dumps.push({ kind: 'scenario', path: file.path, value });
    else if (value !== null) isConfig = true;
  }
  return { dumps, isConfig };
}
