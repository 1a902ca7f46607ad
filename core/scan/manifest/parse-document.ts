import * as yaml from 'js-yaml';
import { MAX_DEPTH, MAX_YAML_DOCUMENT } from './limits.ts';

/** What a document says; `duplicateKeyLine` where a key stands a second time in its map; the last one counts, as for kubectl. */
export type ParsedDocument =
  | { readonly value: unknown; readonly duplicateKeyLine?: number }
  | { readonly problem: { readonly message: string; readonly line: number } };

/** Tags of others (`!Ref` of CloudFormation, those of Python) are taken for their plain values: such files lie beside manifests. */
const tagKinds = ['!', 'tag:'].flatMap((prefix) =>
  (['scalar', 'sequence', 'mapping'] as const).map(
    (kind) => new yaml.Type(prefix, { kind, multi: true, construct: (data: unknown) => data }),
  ),
);

/** `<<`: the loader itself merges for this tag. */
const merge = new yaml.Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (data: unknown) => data === '<<' || data === null,
});

/** YAML 1.2's core schema, with merge keys, which Kubernetes' own parser knows. Dates stay text. */
export const SCHEMA = yaml.CORE_SCHEMA.extend({ implicit: [merge], explicit: tagKinds });

// The types of js-yaml do not know maxDepth yet, which 4.3 reads.
const OPTIONS: yaml.LoadOptions & { readonly maxDepth: number } = { schema: SCHEMA, maxDepth: MAX_DEPTH };

/** Parses one YAML document. Lines of problems count from 1 within `text`. Never throws. */
export function parseDocument(text: string): ParsedDocument {
  if (text.length > MAX_YAML_DOCUMENT) {
    const message = `it is larger than the ${MAX_YAML_DOCUMENT / 1024 / 1024} MiB that one YAML document may have; split it, or give it as JSON`;
    return { problem: { message, line: 1 } };
  }
  try {
    return { value: yaml.load(text, OPTIONS) };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem.message.startsWith('duplicated mapping key')) return { problem };
    try {
      return { value: yaml.load(text, { ...OPTIONS, json: true }), duplicateKeyLine: problem.line };
    } catch (again) {
      return { problem: problemOf(again) };
    }
  }
}

function problemOf(error: unknown): { message: string; line: number } {
  if (error instanceof yaml.YAMLException) {
    const mark = error.mark as { readonly line: number } | undefined;
    return { message: deep(error.reason), line: (mark?.line ?? 0) + 1 };
  }
  return { message: error instanceof RangeError ? 'it is nested too deeply' : 'it could not be parsed', line: 1 };
}

const deep = (text: string): string =>
  text.startsWith('nesting exceeded')
    ? `it is nested deeper than the ${MAX_DEPTH} levels that are read`
    : text.slice(0, 200);
