import { parseDocument } from './parse-document.ts';
import { splitJson } from './split-json.ts';
import { splitYaml } from './split-yaml.ts';
import { isTemplateText } from './template-text.ts';

/** A document of a file: what it says, or why it could not be read. `line` counts from 1. */
export type ReadDocument =
  | { readonly text: string; readonly line: number; readonly value: unknown; readonly duplicateKeyLine?: number }
  | { readonly line: number; readonly problem: string; readonly template: boolean };

/** The documents of a text, one after the other; a broken one costs only itself. JSON is told from YAML by its first character. */
export function* readDocuments(text: string): Generator<ReadDocument> {
  const content = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const begin = /^\s*/.exec(content.slice(0, 100_000))?.[0].length ?? 0;
  const first = content[begin];
  if (first === '{' || first === '[') {
    const json = readJson(content);
    if (json !== undefined) {
      yield* json;
      return;
    }
  }
  for (const { text: part, line } of splitYaml(content)) {
    const parsed = parseDocument(part);
    if ('problem' in parsed) {
      const { message, line: within } = parsed.problem;
      yield { line: line + within - 1, problem: message, template: isTemplateText(part) };
    } else if (parsed.duplicateKeyLine === undefined) yield { text: part, line, value: parsed.value };
    else yield { text: part, line, value: parsed.value, duplicateKeyLine: line + parsed.duplicateKeyLine - 1 };
  }
}

/** Undefined when it is flow-style YAML instead: `{{ template }}`, `{apiVersion: v1, …}`. */
function readJson(text: string): ReadDocument[] | undefined {
  const parts = splitJson(text);
  const documents = parts.map(({ text: part, line, problem }): ReadDocument => {
    if (problem !== undefined) return { line, problem, template: isTemplateText(part) };
    try {
      return { text: part, line, value: JSON.parse(part) as unknown };
    } catch {
      const parsed = parseDocument(part);
      if (!('problem' in parsed)) return { text: part, line, value: parsed.value };
      return { line: line + parsed.problem.line - 1, problem: parsed.problem.message, template: isTemplateText(part) };
    }
  });
  return documents.some((document) => 'value' in document) || !/^---/m.test(text) ? documents : undefined;
}
