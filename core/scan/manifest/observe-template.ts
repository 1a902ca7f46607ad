import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { usesOf } from '../observe/uses-of.ts';
import type { Position } from './manifest-object.ts';
import { splitYaml } from './split-yaml.ts';

/** An apiVersion and a kind that a template contains literally. */
interface Head extends Position {
  readonly apiVersion: string;
  readonly kind: string;
  /** Whether the same document has another apiVersion too; only rendering decides between them. */
  readonly isOneOfSeveral: boolean;
}

const COMMENT = /\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g;
const HEAD = /^(apiVersion|kind):[ \t]+(["']?)([^\s"'#{}$]+)\2[ \t]*(?:#.*)?\r?$/;

/**
 * The types in a template that was not rendered: keys at the start of a line, with values that hold no action. In a document that chooses between
 * versions each of them counts by itself.
 */
export function headsOf(text: string): Head[] {
  const bare = text.replaceAll(COMMENT, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  return splitYaml(bare).flatMap((document) => {
    const found = document.text.split('\n').flatMap((row, index) => {
      const [, key, , value = ''] = HEAD.exec(row) ?? [];
      return key === undefined ? [] : [{ key, value, line: document.line + index }];
    });
    const versions = found.filter(({ key }) => key === 'apiVersion');
    const kinds = new Set(found.flatMap(({ key, value }) => (key === 'kind' ? [value] : [])));
    const isOneOfSeveral = new Set(versions.map(({ value }) => value)).size > 1;
    return [...kinds].flatMap((kind) =>
      versions.map(({ value, line }) => ({ apiVersion: value, kind, line, column: 1, isOneOfSeveral })),
    );
  });
}

/**
 * The deprecated and removed versions in a template, as far as they are literal; whether the template is rendered at all is not known. `line`: where
 * the text begins.
 */
export function observeTemplate(
  file: string,
  text: string,
  { line = 1, lists = [] }: { readonly line?: number; readonly lists?: readonly KindList[] } = {},
): Observation[] {
  return headsOf(text).flatMap(({ apiVersion, kind, isOneOfSeveral, ...place }) =>
    usesOf({ apiVersion, kind }, lists).map((use) => ({
      ...use,
      source: 'manifest' as const,
      subject: { apiVersion, kind },
      cause: `file:${file}`,
      evidence: [
        isOneOfSeveral
          ? 'The same document of the template names other versions too: which of them counts is decided when it is rendered.'
          : 'It stands in a template that was not rendered, perhaps under an if.',
      ],
      confidence: 'low' as const,
      location: { file, line: place.line + line - 1, column: place.column },
      provisional: isOneOfSeveral ? ('one-of-several' as const) : ('perhaps' as const),
    })),
  );
}
