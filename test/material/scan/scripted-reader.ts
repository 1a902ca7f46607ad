import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import type { ClusterReader, ReadRequest } from '../../../core/ports/cluster-reader.ts';
import { ListSplitter } from '../../../core/scan/live/list-splitter.ts';

/** What the API server says next to a path: text with 200, an object as JSON, another status, or an error on the way. */
export type Said =
  | string
  | object
  | { readonly status: number; readonly text?: string; readonly retryAfterSeconds?: number }
  | Error;

/** Answers by path, without its query; a list of answers is used up one by one, and its last one stays. */
export function scriptedReader(script: Readonly<Record<string, Said | readonly Said[]>>) {
  const asked: string[] = [];
  const turns = new Map<string, number>();
  const next = (path: string): Said | undefined => {
    const said = script[path];
    if (!Array.isArray(said)) return said as Said | undefined;
    const turn = turns.get(path) ?? 0;
    turns.set(path, turn + 1);
    return (said as readonly Said[])[Math.min(turn, said.length - 1)];
  };
  const reader: ClusterReader = {
    async get(request: ReadRequest) {
      asked.push(request.path);
      const said = next(request.path.split('?')[0] ?? '') ?? { status: 404, text: '404 page not found\n' };
      if (said instanceof Error) throw said;
      if (typeof said === 'object' && 'status' in said && typeof said.status === 'number')
        return { text: '', ...(said as { status: number }) };
      const text = typeof said === 'string' ? said : JSON.stringify(said);
      return { status: 200, text: handOn(text, request) };
    },
  };
  return { reader, asked };
}

function handOn(text: string, { items }: ReadRequest): string {
  if (items === undefined) return text;
  items.begin();
  const splitter = new ListSplitter((item) => items.item(item));
  splitter.push(text);
  return splitter.finish();
}

export const unreachable = new ClusterAccessError('ClusterUnreachable', 'connect ECONNREFUSED.');

/** A list as the API server gives it. */
export const listOf = (items: readonly object[], next?: string, kind = 'List') => ({
  kind,
  metadata: next === undefined ? {} : { continue: next },
  items,
});
