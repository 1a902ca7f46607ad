import { styleText } from 'node:util';
import type { Io } from '../command/io.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

/** Colour only on a terminal, and not where NO_COLOR or --no-color says no. */
export function colourOf(io: Pick<Io, 'env' | 'isTerminal'>, wanted: boolean): Paint {
  const noColour = (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  if (!wanted || noColour || !io.isTerminal) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

const STYLES = new Map<string, Style>(
  Object.entries({
    Upgrading: 'cyan',
    Running: 'cyan',
    UpToDate: 'green',
    Succeeded: 'green',
    Completed: 'green',
    Ok: 'green',
    Readable: 'green',
    Held: 'red',
    Failed: 'red',
    Halted: 'red',
    Aborted: 'red',
    Refused: 'red',
    Denied: 'red',
    Unreachable: 'red',
    CompletedWithFailures: 'yellow',
    Parked: 'yellow',
    Paused: 'yellow',
    Blocked: 'yellow',
    Waiting: 'yellow',
    Incomplete: 'yellow',
    Behind: 'yellow',
    NodesBehind: 'yellow',
    AddonsBehind: 'yellow',
    ManualNodes: 'yellow',
    NodesKept: 'yellow',
  }),
);

/** A status in its colour. */
export function painted(paint: Paint, status: string): string {
  const style = STYLES.get(status);
  return style === undefined ? status : paint(style, status);
}
