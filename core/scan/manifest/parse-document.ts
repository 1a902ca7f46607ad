import * as yaml from 'js-yaml';
import { MAX_DEPTH, MAX_YAML_DOCUMENT, type Position } from './manifest-object.ts';

/** The content of a document; `doubled` where a key is repeated in its map, of which the last one counts. */
type ParsedDocument =
  | { readonly value: unknown; readonly doubled?: Position }
  | { readonly problem: Position & { readonly message: string } };

/** Tags of other tools (`!Ref` of CloudFormation, those of Python) are read as their plain values, because such files are stored beside manifests. */
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

/** The core schema of YAML 1.2 with merge keys, which the parser of Kubernetes supports. Dates stay text. */
export const SCHEMA = yaml.CORE_SCHEMA.extend({ implicit: [merge], explicit: tagKinds });

// The types of js-yaml lack maxDepth, which version 4.3 supports.
const OPTIONS: yaml.LoadOptions & { readonly maxDepth: number } = { schema: SCHEMA, maxDepth: MAX_DEPTH };

/** Parses one YAML document. Lines of problems count from 1 within `text`. Never throws. */
export function parseDocument(text: string): ParsedDocument {
  if (text.length > MAX_YAML_DOCUMENT) {
    const message = `it is larger than the ${MAX_YAML_DOCUMENT / 1024 / 1024} MiB that one YAML document may have; split it, or give it as JSON`;
    return { problem: { message, line: 1, column: 1 } };
  }
  try {
    return { value: yaml.load(text, OPTIONS) };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem.message.startsWith('duplicated mapping key')) return { problem };
    try {
      return { value: yaml.load(text, { ...OPTIONS, json: true }), doubled: problem };
    } catch (again) {
      return { problem: problemOf(again) };
    }
  }
}

function problemOf(error: unknown): Position & { message: string } {
  if (error instanceof yaml.YAMLException) {
    const { line = 0, column = 0 } = (error.mark ?? {}) as Partial<Position>;
    return { message: deep(error.reason), line: line + 1, column: column + 1 };
  }
  const message = error instanceof RangeError ? 'it is nested too deeply' : 'it could not be parsed';
  return { message, line: 1, column: 1 };
}

const deep = (text: string): string =>
  text.startsWith('nesting exceeded')
    ? `it is nested deeper than the ${MAX_DEPTH} levels that are read`
    : text.slice(0, 200);
