import { visible } from '../../../core/model/visible.ts';

/** GitHub refuses descriptions of more than 1024 characters. */
const MOST = 1000;

/**
 * Plain text as SARIF means it: `[words](1)` would be a link and `{0}` an argument (sections 3.11.5 and 3.11.6), and viewers do not
 * agree on how to escape them, so a blank goes in between.
 */
export function sarifText(text: string): string {
  const cut = text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
  return visible(cut.toWellFormed())
    .replaceAll('](', '] (')
    .replaceAll(/\{(?=\d)/g, '{ ');
}
